/** What the hub shows of itself where it is the client: a certificate of its own authority, made anew at half of its life. */
import type { Authority } from '../../../../certs/authority/createAuthority.ts';
import { issueHubCertificate, type IssuedCertificate } from '../../../../certs/authority/issueLeaf.ts';
import { privateKeyPem } from '../../../../certs/authority/keyPair.ts';
import { renewableFrom } from '../../../../certs/authority/lifetimes.ts';
import { newKeyPair, newSerial } from '../../../../machine/newKeyPair.ts';

export interface HubCertificate {
  /** PEM: certificate, intermediate and root */
  readonly cert: string;
  /** PEM; it lies in the memory of this process alone */
  readonly key: string;
  readonly serial: string;
}

/** @param hub its name @param now Unix milliseconds @returns the one to show now */
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
    // at half of its life, and when another authority signs: a stolen one's certificates are refused at once
    if (now() > renewableFrom(validity) || !shown.includes(authority.intermediateCertificate.trim()))
      current = issue();
    const { chain, serial } = await current;
    return { cert: chain, key, serial };
  };
}
