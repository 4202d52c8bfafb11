/** A new certificate for the one in datong.json: signed on the exchange listener while the old one lasts, on the open one in its grace. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { createCertificateRequest } from '../../../certs/authority/createRequest.ts';
import { privateKeyPem, type KeyPair } from '../../../certs/authority/keyPair.ts';
import { newKeyPairLike } from '../../../machine/newKeyPair.ts';
import { renewableFrom } from '../../../certs/authority/lifetimes.ts';
import { provePossession } from '../../../certs/authority/possession.ts';
import { signingKey } from '../../../certs/signatures/index.ts';
import { DatongClient } from '../../sdk/datongClient.ts';
import { readProfile, type Profile, type ProfileDocument } from '../../sdk/profile.ts';
import { removeFiles, writeProfile, writeWhole } from './clientFolder.ts';
import { checkedCertificate, type CheckedCertificate } from './enrolDepartment.ts';
import { OpenListener } from './openListener.ts';

export interface Renewal extends CheckedCertificate {
  /** false where it was too early: nothing changed */
  readonly renewed: boolean;
}

/**
 * Renews where half of the certificate's life is over, and replaces key and certificate of the profile.
 * @param path of datong.json
 * @param given key to be certified for TLS, instead of a fresh one of the kind of the old
 * @throws DatongProblem (the hub's refusal), the network's own error
 */
export async function renewCertificate(path: string, given?: KeyPair): Promise<Renewal> {
  const document = JSON.parse(readFileSync(path, 'utf8')) as ProfileDocument;
  const profile = readProfile(document, path);
  const current = new X509Certificate(profile.tls.cert);
  const [notBefore, notAfter] = [Date.parse(current.validFrom), Date.parse(current.validTo)];
  if (Date.now() < renewableFrom({ notBefore, notAfter })) return tooEarly(profile, notBefore, notAfter);

  const tls = given ?? newKeyPairLike(createPrivateKey(profile.tls.key));
  const csr = await createCertificateRequest(tls, profile.department);
  const reply = Date.now() < notAfter ? await onExchange(profile, csr) : await inGrace(profile, csr);
  const issued = checkedCertificate(reply, tls, profile.hub.ca);
  const folder = dirname(resolve(path));
  // a name of its own for each key, so that key and certificate change together when the profile does
  const key = `datong-keys/tls-${issued.serial.slice(0, 8)}.key.pem`;
  const cert = `datong-keys/tls-${issued.serial.slice(0, 8)}.cert.pem`;
  writeWhole(folder, key, privateKeyPem(tls.privateKey));
  writeWhole(folder, cert, issued.chain);
  writeProfile(folder, { ...document, tls: { cert, key } });
  removeFiles(folder, replaced(document));
  return { ...issued, renewed: true };
}

/** The old key and certificate, where they are files of our own folder. */
const replaced = ({ tls }: ProfileDocument): string[] =>
  [tls.key, tls.cert].filter((path) => /^datong-keys\/[^/]+$/.test(path));

function tooEarly(profile: Profile, notBefore: number, notAfter: number): Renewal {
  return {
    renewed: false,
    chain: profile.tls.cert,
    department: profile.department,
    serial: new X509Certificate(profile.tls.cert).serialNumber.toLowerCase(),
    notAfter: new Date(notAfter).toISOString(),
    renewFrom: new Date(renewableFrom({ notBefore, notAfter })).toISOString(),
  };
}

type Reply = Readonly<Record<string, unknown>>;

async function onExchange(profile: Profile, csr: string): Promise<Reply> {
  const client = DatongClient.fromProfile(profile);
  try {
    return (await client.renew(csr)).json as Reply;
  } finally {
    client.close();
  }
}

async function inGrace(profile: Profile, csr: string): Promise<Reply> {
  const listener = new OpenListener(profile.hub.open, profile.hub.ca, profile.tls);
  try {
    const { origin, now } = await listener.signingProfile();
    const claims = { aud: origin, csr, iat: Math.floor(now / 1000) };
    const proof = provePossession('renewal', claims, signingKey(profile.signingKey));
    return await listener.post('/v1/certificates/grace-renewals', { csr, proof });
  } finally {
    listener.close();
  }
}
