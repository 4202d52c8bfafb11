/** `datong hub authority`: the ceremony of the hub's root, on a machine of its own. Nothing here needs a hub or a network. */
import type { Command } from 'commander';
import { mkdirSync, rmSync, existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { renameDurably } from '../../../machine/renameDurably.ts';
import { prolongRoot, createRoot } from '../../../certs/authority/createAuthority.ts';
import { pinOf, authorityId } from '../../../certs/authority/identifiers.ts';
import { keyFiles, intermediateFile } from '../../../hub/platform/keys/createKeys.ts';
import { keyFolder, writeKey } from '../../../hub/platform/keys/keyFolder.ts';
import { newSerial, newKeyPair } from '../../../machine/newKeyPair.ts';
import { createCertificateRequest } from '../../../certs/authority/createRequest.ts';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import { collect } from '../values.ts';
import { data, exitCode, talk, VerbFailure } from '../verb.ts';
import { decryptKey, encryptKey, minPartLength, passphraseOf } from './passphrase.ts';
import { registerSign } from './sign.ts';

interface RootOptions {
  readonly name: string;
  readonly out: string;
  readonly passphrase?: readonly string[];
  readonly json?: boolean;
}

function registerRoot(authority: Command): void {
  authority
    .command('root')
    .description(
      '在离线机器上建根：私钥、证书和空的吊销列表 / on an offline machine: key, certificate and empty revocation list of a root',
    )
    .requiredOption('--name <name>', 'short name of the hub, as datong init takes it')
    .requiredOption('--out <folder>', 'a folder that is not there yet')
    .option(
      '--passphrase <file>',
      'the key opens with what is in it alone; repeated: a part of each person',
      collect,
      [],
    )
    .option('--json', 'answer {pin, folder} as JSON')
    .addHelpText('after', '\nExample:\n  $ datong hub authority root --name yunxi --out /media/root')
    .action(root);
}

/** Makes a root whose key is never on a hub. @throws VerbFailure */
export async function root({ name, out, passphrase: files = [], json }: RootOptions): Promise<void> {
  if (!/^[a-z][a-z0-9-]{1,39}$/.test(name))
    throw new VerbFailure(exitCode.usage, {
      zh: '--name 为小写字母开头的 2 至 40 个小写字母、数字或短横线',
      en: '--name is 2 to 40 lower-case letters, digits or hyphens, a letter first',
    });
  const folder = resolve(out);
  if (existsSync(folder))
    throw new VerbFailure(exitCode.local, {
      zh: `${folder} 已存在：根只建一次，另选文件夹`,
      en: `${folder} is there already: a root is made once; name a folder that does not exist`,
    });
  const passphrase = passphraseOf(files, minPartLength);
  const created = await createRoot(name, Date.now(), { keyPair: newKeyPair, serial: newSerial });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const { rootKey, rootCertificate, rootRevocationList } = created;
  writeKey(folder, keyFiles.rootKey, passphrase === undefined ? rootKey : encryptKey(rootKey, passphrase));
  writeKey(folder, keyFiles.rootCertificate, rootCertificate);
  writeKey(folder, keyFiles.rootRevocationList, rootRevocationList);
  const pin = pinOf(rootCertificate);
  if (json === true) data(JSON.stringify({ pin, folder }));
  else data(pin);
  talk({
    zh: `根已写入 ${folder}；指纹如上，由两人抄下。私钥 ${keyFiles.rootKey} 只留在离线介质上，另存一份`,
    en: `the root is in ${folder}; above is its pin, which two persons write down. The key ${keyFiles.rootKey} stays on offline media, in two copies`,
  });
}

interface RequestOptions {
  readonly out: string;
  readonly keys?: string;
  readonly json?: boolean;
}

function registerRequest(authority: Command): void {
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
  const written = await writeRequest(options);
  data(options.json === true ? JSON.stringify(written) : written.request);
  talk({
    zh: `私钥编号 ${written.id}，留在 ${written.key}；只把申请带去离线机器，签发时核对编号`,
    en: `the key ${written.id} stays in ${written.key}; only the request is carried to the offline machine, where the id is compared`,
  });
}

/**
 * Makes the key of an intermediate authority on the machine that will use it, and the request that the root signs.
 * @returns the id of the key, and the files of both
 */
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

interface ProlongOptions {
  readonly root: string;
  readonly out: string;
  readonly passphrase?: readonly string[];
  readonly json?: boolean;
}

function registerProlong(authority: Command): void {
  authority
    .command('prolong')
    .description(
      '在离线机器上为根的同一把密钥再签一张证书 / on the offline machine: a further certificate for the same key of the root',
    )
    .requiredOption('--root <folder>', 'with the key and certificate of the root')
    .requiredOption('--out <folder>', 'what goes to the hub and to the departments')
    .option('--passphrase <file>', 'of the root’s key, as it was made; repeated: part by part', collect, [])
    .option('--json', 'answer {pin, folder} as JSON')
    .addHelpText(
      'after',
      '\nExample:\n  $ datong hub authority prolong --root /media/root --out /media/prolonged',
    )
    .action(prolong);
}

/**
 * Makes a further certificate for the key of the root, before the current one expires.
 * @throws Problem, VerbFailure before anything is written
 */
export async function prolong({ root, out, passphrase = [], json }: ProlongOptions): Promise<void> {
  const rootFolder = resolve(root);
  const files = keyFolder(rootFolder);
  const rootKey = decryptKey(files.text(keyFiles.rootKey), passphraseOf(passphrase), keyFiles.rootKey);
  const name = keyFiles.rootCertificate;
  const certificate = await prolongRoot(
    { rootCertificate: files.text(name), rootKey },
    Date.now(),
    newSerial(),
  );
  const outFolder = resolve(out);
  mkdirSync(outFolder, { recursive: true, mode: 0o700 });
  if (!writeKey(outFolder, name, certificate))
    throw new VerbFailure(
      exitCode.local,
      { zh: `${join(outFolder, name)} 已存在`, en: `${join(outFolder, name)} is there already` },
      { zh: '给 --out 另一个文件夹', en: 'name another folder by --out' },
    );
  // all or nothing: later signatures of the root may last as long as this certificate
  const draft = `${name}.new`;
  rmSync(join(rootFolder, draft), { force: true });
  writeKey(rootFolder, draft, certificate);
  renameDurably(join(rootFolder, draft), join(rootFolder, name));
  const pin = pinOf(certificate);
  if (json === true) data(JSON.stringify({ pin, folder: outFolder }));
  else data(pin);
  talk({
    zh: `新的根证书已写入 ${join(outFolder, name)}，指纹与原来相同，如上。带到枢纽各进程的密钥文件夹，并发给各部门`,
    en: `the new certificate of the root is ${join(outFolder, name)}; its pin, above, is the one it had. Carry it to the key folder of every process, and hand it to the departments`,
  });
}

export function register(program: Command): void {
  const authority = program
    .command('authority')
    .description(
      '离线根与中间签发机构：建根、申请、签发、吊销与延长 / the offline root and its intermediate authorities: make, request, sign, revoke, prolong',
    );
  registerRoot(authority);
  registerRequest(authority);
  registerSign(authority);
  registerProlong(authority);
}
