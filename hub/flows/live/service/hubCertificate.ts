/** The hub's client certificate: issued by its own authority, and renewed at half of its lifetime. */
import type { Authority } from '../../../../certs/authority/createAuthority.ts';
import { issueHubCertificate, type IssuedCertificate } from '../../../../certs/authority/issueLeaf.ts';
import { privateKeyPem } from '../../../../certs/authority/keyPair.ts';
import { renewableFrom } from '../../../../certs/authority/lifetimes.ts';
import { newKeyPair, newSerial } from '../../../../machine/newKeyPair.ts';

export interface HubCertificate {
  /** PEM: certificate, intermediate and root */
  readonly cert: string;
  /** PEM; stored only in the memory of this process */
  readonly key: string;
  readonly serial: string;
}

/** @param hub its name @param now Unix milliseconds @returns the certificate to use now */
export function hubCertificates(
  authority: Authority,
  hub: string,
  now: () => number,
): () => Promise<HubCertificate> {
  const pair = newKeyPair();
  const key = privateKeyPem(pair.privateKey);
  let current: Promise<IssuedCertificate> | undefined;
  const issue = (): Promise<IssuedCertificate> =>
    issueHubCertificate(authority, { hub, serial: newSerial(), publicKey: pair.publicKey, now: now() });
  return async () => {
    current ??= issue();
    const { chain: shown, ...validity } = await current;
    // renewed at half of its lifetime, and when the authority changes: certificates of a compromised authority are refused at once
    if (now() > renewableFrom(validity) || !shown.includes(authority.intermediateCertificate.trim()))
      current = issue();
    const { chain, serial } = await current;
    return { cert: chain, key, serial };
  };
}
