/** `datong hub authority sign`: signs with the root, where its key is: an intermediate's certificate, and a new revocation list. */
import type { Command } from 'commander';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renameDurably } from '../../../machine/renameDurably.ts';
import { authorityId } from '../../../certs/authority/identifiers.ts';
import { issueIntermediate } from '../../../certs/authority/issueIntermediate.ts';
import { lifetimes } from '../../../certs/authority/lifetimes.ts';
import { readIntermediate } from '../../../certs/authority/readIntermediate.ts';
import { readAuthorityRequest } from '../../../certs/authority/readRequest.ts';
import {
  issueRevocationList,
  readRevocationList,
  type Revoked,
} from '../../../certs/authority/revocationList.ts';
import { keyFiles } from '../../../hub/platform/keys/createKeys.ts';
import { keyFolder, writeKey } from '../../../hub/platform/keys/keyFolder.ts';
import { newSerial } from '../../../machine/newKeyPair.ts';
import { readBoundedText } from '../boundedFile.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { collect } from '../values.ts';
import { decryptKey, passphraseOf } from './passphrase.ts';
import { isDateText } from '../../../terms/civilDate.ts';
import { counted } from '../../../terms/counted.ts';

const day = 86_400_000;

/**
 * `tomorrow`, `now` or a date (its begin in China), as given by `--from`.
 * @param now Unix milliseconds @returns Unix milliseconds @throws VerbFailure for another word, and for a date of the past or a year ahead
 */
export function beginning(from: string, now: number): number {
  if (from === 'tomorrow') return now + day;
  if (from === 'now') return now - lifetimes.backdated;
  const moment = isDateText(from) ? Date.parse(`${from}T00:00:00+08:00`) : Number.NaN;
  if (moment > now && moment < now + 366 * day) return moment;
  throw new VerbFailure(exitCode.usage, {
    zh: '--from 为 tomorrow、now，或一年之内的将来日期，如 2027-01-05',
    en: '--from is tomorrow, now, or a date to come within a year, such as 2027-01-05',
  });
}

interface SignOptions {
  readonly root: string;
  readonly out: string;
  readonly from: string;
  readonly revoke: readonly string[];
  readonly passphrase?: readonly string[];
  readonly json?: boolean;
}

export function registerSign(authority: Command): void {
  authority
    .command('sign')
    .argument('[request]', 'made by datong hub authority request; left out: the revocation list alone')
    .description(
      '在离线机器上签发中间机构证书，并更新根的吊销列表 / on the offline machine: certify an intermediate authority, and make the root’s revocation list anew',
    )
    .requiredOption('--root <folder>', 'with the key, certificate and revocation list of the root')
    .requiredOption('--out <folder>', 'what goes to the hub')
    .option(
      '--from <moment>',
      'from when the hub signs with it: tomorrow, now (the first one, or after a theft), or a date such as 2027-01-05',
      'tomorrow',
    )
    .option(
      '--revoke <file>',
      'certificate of an intermediate authority that counts no more (may be repeated)',
      collect,
      [],
    )
    .option('--passphrase <file>', 'of the root’s key, as it was made; repeated: part by part', collect, [])
    .option('--json', 'answer {id, serial, notBefore, notAfter, revoked} as JSON')
    .addHelpText(
      'after',
      '\nExamples:' +
        '\n  $ datong hub authority sign authority-intermediate-1a2b3c4d.csr --root /media/root --from now --out signed' +
        '\n  $ datong hub authority sign new.csr --root /media/root --revoke stolen.crt --from now --out signed',
    )
    .action(sign);
}

const maxBytes = 65_536;

async function sign(request: string | undefined, options: SignOptions): Promise<void> {
  printSigned(await signed(request, options), resolve(options.out), options);
}

/** @throws Problem, VerbFailure before anything is written */
export async function signed(request: string | undefined, options: SignOptions): Promise<Signed> {
  const now = Date.now();
  const from = beginning(options.from, now);
  if (request === undefined && options.revoke.length === 0)
    throw new VerbFailure(exitCode.usage, {
      zh: '需要证书申请，或 --revoke，或两者',
      en: 'a request is wanted, or --revoke, or both',
    });
  const place = resolve(options.root);
  const folder = keyFolder(place);
  const root = {
    rootCertificate: folder.text(keyFiles.rootCertificate),
    rootKey: decryptKey(
      folder.text(keyFiles.rootKey),
      passphraseOf(options.passphrase ?? []),
      keyFiles.rootKey,
    ),
  };
  const currentList = await readRevocationList(
    folder.text(keyFiles.rootRevocationList),
    root.rootCertificate,
  );
  const out = resolve(options.out);
  refuseOlder(out);

  const stolen = options.revoke.map((file) =>
    readIntermediate(readBoundedText(file, maxBytes), root.rootCertificate),
  );
  const listed = new Set(currentList.revoked.map(({ serial }) => serial));
  const added = stolen
    .map(({ serial }): Revoked => ({ serial, at: now, reason: 'key-compromise' }))
    .filter(
      ({ serial }, place, all) =>
        !listed.has(serial) && all.findIndex((one) => one.serial === serial) === place,
    );
  const requested =
    request === undefined ? undefined : await readAuthorityRequest(readBoundedText(request, maxBytes));
  if (requested !== undefined && stolen.some(({ id }) => id === authorityId(requested.publicKey)))
    throw new VerbFailure(exitCode.refused, {
      zh: '申请用的正是要吊销的那把密钥',
      en: 'the request is by the very key that is to be revoked',
    });
  const serial = newSerial();
  const made = requested && (await issueIntermediate(root, { ...requested, serial, from }));
  const revoked = [...currentList.revoked, ...added];
  const list = await issueRevocationList(
    { certificate: root.rootCertificate, key: root.rootKey },
    {
      revoked,
      now,
      after: currentList.number,
      // valid as long as the certificates: an earlier end would refuse all callers
      validFor: Math.max(lifetimes.intermediate, (made?.notAfter ?? 0) - now),
    },
  );

  mkdirSync(out, { recursive: true, mode: 0o700 });
  // the root's own copy first, so that an earlier revocation is never lost
  rmSync(join(place, `${keyFiles.rootRevocationList}.new`), { force: true });
  writeKey(place, `${keyFiles.rootRevocationList}.new`, list);
  renameDurably(join(place, `${keyFiles.rootRevocationList}.new`), join(place, keyFiles.rootRevocationList));
  writeKey(out, keyFiles.rootCertificate, root.rootCertificate);
  writeKey(out, keyFiles.rootRevocationList, list);
  if (made !== undefined) writeKey(out, keyFiles.intermediateCertificate, made.certificate);
  return {
    ...(requested && made
      ? {
          id: authorityId(requested.publicKey),
          serial,
          notBefore: text(made.notBefore),
          notAfter: text(made.notAfter),
        }
      : {}),
    revoked: revoked.map((one) => one.serial),
  };
}

interface Signed {
  readonly id?: string;
  readonly serial?: string;
  /** RFC 3339 */
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly revoked: readonly string[];
}

function printSigned(made: Signed, out: string, { json }: SignOptions): void {
  if (json === true) data(JSON.stringify(made));
  else data(out);
  const { id, notBefore, notAfter } = made;
  if (id !== undefined && notBefore !== undefined && notAfter !== undefined)
    talk({
      zh: `已签发中间机构 ${id}：${notBefore} 至 ${notAfter}。与申请时显示的编号核对`,
      en: `the intermediate authority ${id} is certified from ${notBefore} to ${notAfter}; compare the id with the one that its request showed`,
    });
  talk({
    zh: `根的吊销列表已更新，共 ${made.revoked.length} 项；把 ${out} 带回枢纽`,
    en: `the root's revocation list is made anew, with ${counted(made.revoked.length, 'entry', 'entries')}; carry ${out} to the hub`,
  });
}

const text = (moment: number): string => new Date(moment).toISOString();

/** @throws VerbFailure: the results of an earlier ceremony are not overwritten */
function refuseOlder(out: string): void {
  const { rootCertificate, rootRevocationList, intermediateCertificate } = keyFiles;
  for (const name of [rootCertificate, rootRevocationList, intermediateCertificate])
    if (existsSync(join(out, name)))
      throw new VerbFailure(
        exitCode.local,
        { zh: `${join(out, name)} 已存在`, en: `${join(out, name)} is there already` },
        { zh: '给 --out 另一个文件夹', en: 'name another folder by --out' },
      );
}
