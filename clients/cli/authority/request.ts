/** `datong hub authority request`: the key of an intermediate authority, made where it is to serve, and the request that the root signs. */
import type { Command } from 'commander';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { authorityId } from '../../../certs/authority/identifiers.ts';
import { createCertificateRequest } from '../../../certs/authority/createRequest.ts';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import { intermediateFile } from '../../../hub/platform/keys/createKeys.ts';
import { keyFolder, writeKey } from '../../../hub/platform/keys/keyFolder.ts';
import { newKeyPair } from '../../../machine/newKeyPair.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';

interface RequestOptions {
  readonly out: string;
  readonly keys?: string;
  readonly json?: boolean;
}

export function registerRequest(authority: Command): void {
  authority
    .command('request')
    .description(
      '在枢纽的机器上生成中间机构的私钥和证书申请 / on the machine of the hub: key and certificate request of an intermediate authority',
    )
    .requiredOption('--out <folder>', 'where the request goes')
    .option('--keys <folder>', 'where the key is to lie: of a running hub its key folder (default: --out)')
    .option('--json', 'answer {id, request, key} as JSON')
    .addHelpText(
      'after',
      '\nExamples:' +
        '\n  $ datong hub authority request --out authority                                  # before the hub is there' +
        '\n  $ datong hub authority request --keys /var/lib/datong/keys --out /media/transfer # of a running hub',
    )
    .action(request);
}

async function request(options: RequestOptions): Promise<void> {
  const made = await writeRequest(options);
  data(options.json === true ? JSON.stringify(made) : made.request);
  talk({
    zh: `私钥编号 ${made.id}，留在 ${made.key}；只把申请带去离线机器，签发时核对编号`,
    en: `the key ${made.id} stays in ${made.key}; only the request is carried to the offline machine, where the id is compared`,
  });
}

/** Makes key and request. @returns the key's id and where both lie */
export async function writeRequest(
  options: RequestOptions,
): Promise<{ readonly id: string; readonly request: string; readonly key: string }> {
  const out = resolve(options.out);
  const keys = options.keys === undefined ? out : resolve(options.keys);
  if (options.keys !== undefined && !existsSync(keys))
    throw new VerbFailure(exitCode.local, {
      zh: `没有密钥目录 ${keys}`,
      en: `there is no key folder ${keys}`,
    });
  mkdirSync(out, { recursive: true, mode: 0o700 });
  keyFolder(keys); // refuses one that is open to others
  const pair = newKeyPair();
  const id = authorityId(pair.publicKey);
  const [keyFile, requestFile] = [intermediateFile(id, 'pem'), intermediateFile(id, 'csr')];
  // the key first: a request without its key would be signed for nothing
  writeKey(keys, keyFile, privateKeyPem(pair.privateKey));
  writeKey(out, requestFile, await createCertificateRequest(pair, `intermediate ${id}`));
  return { id, request: join(out, requestFile), key: join(keys, keyFile) };
}
