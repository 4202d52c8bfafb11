/** A TLS server's certificate, for localhost unless other names are given, from an authority of the test's own. */
import { issueListenerCertificate } from '../certs/authority/issueLeaf.ts';
import { newKeyPair, newSerial, newAuthority } from '../machine/newKeyPair.ts';

export interface ServerCertificate {
  /** PEM of the root, to trust it by */
  readonly ca: string;
  readonly tls: { readonly cert: string; readonly key: string };
}

export async function serverCertificate(...hosts: readonly string[]): Promise<ServerCertificate> {
  const now = Date.now();
  const made = await newAuthority('elsewhere', now);
  const pair = newKeyPair();
  const { chain } = await issueListenerCertificate(made, {
    serial: newSerial(),
    hosts: hosts.length === 0 ? ['localhost'] : [...hosts],
    publicKey: pair.publicKey,
    now,
  });
  const key = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ca: made.rootCertificate, tls: { cert: chain, key } };
}
