/**
 * Imports the authority that a ceremony away from the hub made (`datong hub authority`) into a new hub. It never includes the root's key.
 */
import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { authorityId } from '../../../certs/authority/identifiers.ts';
import type { Authority } from '../../../certs/authority/createAuthority.ts';
import { isRootOf } from '../../../certs/authority/issueIntermediate.ts';
import { readIntermediate } from '../../../certs/authority/readIntermediate.ts';
import { readRevocationList } from '../../../certs/authority/revocationList.ts';
import type { FaultWord } from '../../../terms/factWords.ts';
import { Problem } from '../../../terms/problem.ts';
import { intermediateFile, keyFiles } from './createKeys.ts';
import { keyFolder } from './keyFolder.ts';

/**
 * @param folder contains root and intermediate certificate, the root's list, and the intermediate's key
 * @param now Unix milliseconds
 * @throws Problem keys_missing, keys_unsafe, keys_malformed; authority_malformed, authority_foreign, authority_unsuitable
 */
export async function givenAuthority(folder: string, hubName: string, now: number): Promise<Authority> {
  const path = resolve(folder);
  const files = keyFolder(path);
  const rootCertificate = files.text(keyFiles.rootCertificate);
  if (!isRootOf(rootCertificate, hubName)) throw unsuitable('not the root of this hub');
  if (existsSync(join(path, keyFiles.rootKey))) throw unsuitable('the key of the root is stored next to it');
  const intermediate = readIntermediate(files.text(keyFiles.intermediateCertificate), rootCertificate);
  const rootRevocationList = files.text(keyFiles.rootRevocationList);
  const list = await readRevocationList(rootRevocationList, rootCertificate);
  if (intermediate.notAfter <= now) throw unsuitable('it has ended');
  if (intermediate.notBefore > now) throw unsuitable('it counts only later');
  if (list.thisUpdate > now)
    throw unsuitable('the list begins later: the clock of the offline machine is ahead');
  if (list.nextUpdate <= now) throw unsuitable('the list has ended');
  if (list.revoked.some(({ serial }) => serial === intermediate.serial))
    throw unsuitable('it is revoked by the list that came with it');
  const file = intermediateFile(intermediate.id, 'pem');
  const intermediateKey = files.text(file);
  if (idOfKey(intermediateKey) !== authorityId(new X509Certificate(intermediate.certificate).publicKey))
    throw new Problem('keys_malformed', { file: join(path, file), reason: 'not the key of its certificate' });
  return {
    rootCertificate,
    rootRevocationList,
    intermediateCertificate: intermediate.certificate,
    intermediateKey,
  };
}

/** The id of a private key, PEM; undefined for anything else. */
export function idOfKey(pem: string): string | undefined {
  try {
    return authorityId(createPublicKey(createPrivateKey(pem)));
  } catch {
    return undefined;
  }
}

const unsuitable = (what: FaultWord): Problem => new Problem('authority_unsuitable', { what });
