/** A new certificate for the one in datong.json, key and certificate replaced together. */
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import type { KeyPair } from '../../../certs/authority/keyPair.ts';
import { renewableFrom } from '../../../certs/authority/lifetimes.ts';
import { DatongClient } from '../../sdk/datongClient.ts';
import type { KeepRoot } from '../../sdk/clientOptions.ts';
import type { Renewing } from '../../sdk/ownCertificate.ts';
import type { IssuedCertificate } from '../../sdk/issuedCertificate.ts';
import { readProfile, type Profile, type ProfileDocument } from '../../sdk/profile.ts';
import { reportUnstoredRoot } from '../profiles/unstoredRoot.ts';
import { talk } from '../verb.ts';
import { checkpointsInFile } from '../../sdk/checkpointFile.ts';
import { adjacentCheckpoint } from '../profile.ts';
import { removeFiles, writeProfile, writeWhole } from './clientFolder.ts';
import { defined } from '../../../terms/defined.ts';

export interface Renewal extends IssuedCertificate {
  /** false where it was too early: nothing changed */
  readonly renewed: boolean;
}

/**
 * Renews where half of the certificate's life is over, and replaces key and certificate of the profile.
 * @param path of datong.json
 * @param pair key to be certified for TLS, instead of a fresh one of the kind of the old
 * @param atOnce although it is not time yet: the hub's authority was stolen
 * @throws DatongProblem (the hub's refusal), the network's own error
 */
export async function renewCertificate(path: string, pair?: KeyPair, atOnce = false): Promise<Renewal> {
  const profile = readProfile(JSON.parse(readFileSync(path, 'utf8')), path);
  const client = DatongClient.fromProfile(profile, undefined, storeRootIn(path));
  try {
    const issued = await client.certificate.renewWhenDue({
      keep: storeIn(path),
      atOnce,
      ...defined({ pair }),
    });
    return issued === undefined ? tooEarly(profile) : { ...issued, renewed: true };
  } finally {
    client.close();
  }
}

/**
 * Stores a new certificate next to a profile that has its keys in files.
 * @param path of datong.json
 */
export const storeIn =
  (path: string): Renewing['keep'] =>
  (tls, { serial }) => {
    const document = JSON.parse(readFileSync(path, 'utf8')) as ProfileDocument;
    const folder = dirname(resolve(path));
    // a name of its own for each key, so that key and certificate change together when the profile does
    const key = `datong-keys/tls-${serial.slice(0, 8)}.key.pem`;
    const cert = `datong-keys/tls-${serial.slice(0, 8)}.cert.pem`;
    writeWhole(folder, key, tls.key);
    writeWhole(folder, cert, tls.cert);
    writeProfile(folder, { ...document, tls: { cert, key } }, basename(path));
    removeFiles(folder, replaced(document));
  };

/**
 * Replaces the root certificate that a profile trusts by a further one: in the profile's text, or in the file in the profile's folder. A file
 * elsewhere is left to its owner.
 * @param path of datong.json
 */
export const storeRootIn =
  (path: string): KeepRoot =>
  async (pem) => {
    try {
      await putRoot(path, pem);
    } catch (error) {
      reportUnstoredRoot(error);
      throw error;
    }
  };

async function putRoot(path: string, pem: string): Promise<void> {
  const document = JSON.parse(readFileSync(path, 'utf8')) as ProfileDocument;
  const { department, hub } = readProfile(document, path);
  // log state stored under the name of the old certificate is renamed after its key while that certificate is available
  await checkpointsInFile(adjacentCheckpoint(resolve(path), department), hub.ca).read();
  const folder = dirname(resolve(path));
  const { ca } = document.hub;
  if (ca.startsWith('-----BEGIN '))
    writeProfile(folder, { ...document, hub: { ...document.hub, ca: pem } }, basename(path));
  else if (ownFile.test(ca)) writeWhole(folder, ca, pem);
  else
    talk({
      zh: `枢纽的根证书已延长（密钥不变）；${ca} 不在 datong-keys 中，请自行换成枢纽 /v1/log/anchors 给出的 rootCertificate`,
      en: `the certificate of the hub's root was prolonged (its key is the same); ${ca} is not in datong-keys: put rootCertificate of the hub's /v1/log/anchors in its place yourself`,
    });
}

/** The old key and certificate, where they are files of our own folder. */
const replaced = ({ tls }: ProfileDocument): string[] =>
  [tls.key, tls.cert].filter((path) => ownFile.test(path));

const ownFile = /^datong-keys\/[^/]+$/;

function tooEarly(profile: Profile): Renewal {
  const { validFrom, validTo, serialNumber } = new X509Certificate(profile.tls.cert);
  const [notBefore, notAfter] = [Date.parse(validFrom), Date.parse(validTo)];
  return {
    renewed: false,
    chain: profile.tls.cert,
    department: profile.department,
    serial: serialNumber.toLowerCase(),
    notAfter: new Date(notAfter).toISOString(),
    renewFrom: new Date(renewableFrom({ notBefore, notAfter })).toISOString(),
  };
}
