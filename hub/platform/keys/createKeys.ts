import { mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Authority } from '../../../certs/authority/createAuthority.ts';
import { newKeyPair, newNotePair, newAuthority } from '../../../machine/newKeyPair.ts';
import { syncFolder } from '../../../machine/writeNew.ts';
import { privateKeyPem } from '../../../certs/authority/keyPair.ts';
import { formatVersion } from '../../../terms/refuseLaterVersion.ts';
import { newSecret, writeKey } from './keyFolder.ts';

/** `{"v":1}`: version of the folder's format. Folders of earlier releases do not have it. */
export const formatFile = 'format.json';

/** Names of the files, as listed in docs/keys.md. */
export const keyFiles = {
  hubSigning: 'hub-signing.pem',
  log: 'log.pem',
  headMac: 'head-mac.key',
  subject: 'subject.key',
  pseudonym: 'pseudonym.key',
  cursor: 'cursor.key',
  sealing: 'sealing.key',
  backup: 'backup.key',
  rootCertificate: 'authority-root.crt',
  rootRevocationList: 'authority-root.crl',
  intermediateCertificate: 'authority-intermediate.crt',
  intermediateKey: 'authority-intermediate.pem',
  rootKey: 'authority-root.pem',
} as const;

/**
 * Key, certificate or request of a later intermediate authority, or of one that was made before its hub. @param id in the form of
 * authorityId
 */
export const intermediateFile = (id: string, kind: 'pem' | 'crt' | 'csr'): string =>
  `authority-intermediate-${id}.${kind}`;

export const logTokenFile = (year: number): string => `log-token-${year}.key`;

/**
 * Makes the whole set in a temporary folder and moves it into place at once: a folder of keys is complete or absent.
 * @param hubName appears in the subjects of the authority's certificates
 * @param now Unix ms
 * @param given an authority whose root was made elsewhere; absent: one is made here, root included
 */
export async function createKeys(
  path: string,
  hubName: string,
  now: number,
  given?: Authority,
): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = mkdtempSync(join(dirname(path), `.${basename(path)}-`)); // 0700
  try {
    writeKey(draft, formatFile, `${JSON.stringify({ v: formatVersion })}\n`);
    const { headMac, subject, pseudonym, cursor, sealing, backup } = keyFiles;
    for (const name of [headMac, subject, pseudonym, cursor, sealing, backup])
      writeKey(draft, name, newSecret());
    const year = new Date(now).getUTCFullYear();
    for (const one of [year, year + 1]) writeKey(draft, logTokenFile(one), newSecret());
    writeKey(draft, keyFiles.hubSigning, privateKeyPem(newKeyPair().privateKey));
    writeKey(draft, keyFiles.log, privateKeyPem(newNotePair().privateKey));
    const parts = [
      'rootCertificate',
      'rootRevocationList',
      'intermediateCertificate',
      'intermediateKey',
    ] as const;
    const authority = given ?? (await newAuthority(hubName, now));
    for (const part of parts) writeKey(draft, keyFiles[part], authority[part]);
    if ('rootKey' in authority) writeKey(draft, keyFiles.rootKey, String(authority.rootKey));
    renameSync(draft, path);
    syncFolder(dirname(path));
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
}
