/** Key stores (.p12, .pfx) of a department's older systems: source of the TLS key, and target of key and certificate. */
import { createPrivateKey, createPublicKey, randomBytes, X509Certificate } from 'node:crypto';
import { chmodSync, chownSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { renameDurably } from '../../../machine/renameDurably.ts';
import type { KeyPair } from '../../../certs/authority/keyPair.ts';
import { readKeyStore } from '../../../certs/keystore/readKeyStore.ts';
import type { Protection } from '../../../certs/keystore/sealing.ts';
import { writeKeyStore } from '../../../certs/keystore/writeKeyStore.ts';
import { readProfile } from '../../sdk/profile.ts';
import { exitCode, VerbFailure } from '../verb.ts';

/** As commander passes them. */
export interface KeyStoreOptions {
  readonly keyStore?: string;
  readonly keyStoreAlias?: string;
  readonly keyStorePasswordFile?: string;
  readonly exportKeyStore?: string;
  readonly exportLegacy?: boolean;
}

export interface KeyStoreExport {
  readonly path: string;
  readonly password: string;
  readonly protection: Protection;
}

export interface KeyStorePlan {
  /** the TLS key to certify, from the store; undefined where a fresh one is to be made */
  readonly tls: KeyPair | undefined;
  readonly exportTo: KeyStoreExport | undefined;
}

/**
 * Reads and checks all local files, so that nothing local can fail once the one-time code is spent.
 * @param renewing an export may then replace an earlier one, which the password must open
 * @throws VerbFailure (usage, files), Problem key_store_…
 */
export function planKeyStores(options: KeyStoreOptions, renewing: boolean): KeyStorePlan {
  const { keyStore, exportKeyStore } = options;
  refuseLoneOptions(options);
  const password = passwordOf(options);
  return {
    tls: keyStore === undefined ? undefined : keyPairOf(keyStore, password, options.keyStoreAlias),
    exportTo:
      exportKeyStore === undefined
        ? undefined
        : {
            path: checkedTarget(resolve(exportKeyStore), password, renewing),
            password,
            protection: options.exportLegacy === true ? '3des' : 'aes256',
          },
  };
}

/**
 * Writes key and certificate of a profile as a key store (0600; a replaced store passes on its mode and group). A store that contains this
 * certificate already is not changed.
 * @param profilePath of datong.json
 * @returns whether it was written
 */
export function exportKeyStore({ path, password, protection }: KeyStoreExport, profilePath: string): boolean {
  const { department, tls } = readProfile(JSON.parse(readFileSync(profilePath, 'utf8')), profilePath);
  const chain = tls.cert
    .split(/(?<=-----END CERTIFICATE-----\n?)(?=-----BEGIN)/)
    .map((pem) => new X509Certificate(pem));
  const old = existsSync(path) ? statSync(path) : undefined;
  if (old !== undefined) {
    const [held] = readKeyStore(readFileSync(path), password).certificates;
    if (held !== undefined && chain[0]?.raw.equals(held.raw) === true) return false;
  }
  const privateKey = createPrivateKey(tls.key);
  const store = writeKeyStore({
    privateKey,
    chain,
    friendlyName: department,
    password,
    protection,
    salt: randomBytes(20),
  });
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  writeFileSync(draft, store, { mode: 0o600, flag: 'wx' });
  if (old !== undefined) {
    chownSync(draft, old.uid, old.gid);
    chmodSync(draft, old.mode & 0o777);
  }
  renameDurably(draft, path);
  return true;
}

function keyPairOf(path: string, password: string, alias: string | undefined): KeyPair {
  const { privateKey } = readKeyStore(readFileSync(path), password, alias);
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** The first line of the file, else the environment: a command line is seen by every user of the machine. */
function passwordOf({ keyStorePasswordFile, exportKeyStore }: KeyStoreOptions): string {
  const password =
    keyStorePasswordFile === undefined
      ? process.env['DATONG_KEYSTORE_PASSWORD']
      : readFileSync(keyStorePasswordFile, 'utf8')
          .replace(/^\uFEFF/, '')
          .replace(/\r?\n[^]*$/, '');
  if (password === undefined || (password === '' && exportKeyStore !== undefined)) {
    throw usage(
      '缺少密钥库口令：用 --key-store-password-file 或环境变量 DATONG_KEYSTORE_PASSWORD 给出',
      'the password of the key store is missing: give it with --key-store-password-file or in DATONG_KEYSTORE_PASSWORD',
    );
  }
  return password;
}

function checkedTarget(path: string, password: string, renewing: boolean): string {
  if (!existsSync(dirname(path)))
    throw local(`文件夹 ${dirname(path)} 不存在`, `the folder ${dirname(path)} is not there`);
  if (!existsSync(path)) return path;
  if (!renewing) throw local(`${path} 已存在`, `${path} is there already`);
  readKeyStore(readFileSync(path), password);
  return path;
}

function refuseLoneOptions(options: KeyStoreOptions): void {
  if (options.keyStoreAlias !== undefined && options.keyStore === undefined)
    throw usage('--key-store-alias 要与 --key-store 同用', '--key-store-alias goes with --key-store');
  if (options.exportLegacy === true && options.exportKeyStore === undefined)
    throw usage(
      '--export-legacy 要与 --export-key-store 同用',
      '--export-legacy goes with --export-key-store',
    );
}

const usage = (zh: string, en: string): VerbFailure => new VerbFailure(exitCode.usage, { zh, en });
const local = (zh: string, en: string): VerbFailure => new VerbFailure(exitCode.local, { zh, en });
