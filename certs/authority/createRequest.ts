import type { KeyPair } from './keyPair.ts';
import { webPublicKey, webSigningKey } from './keyPair.ts';

/**
 * A certificate request (PKCS #10, PEM) for a P-256 or RSA key, made on the machine of the key. Its subject is a hint for people; the hub
 * sets the names.
 */
export async function createCertificateRequest(pair: KeyPair, commonName = 'department'): Promise<string> {
  // loaded on demand: a client requests a certificate once in months, and this import takes half of its start-up time
  const { pemOf, x509 } = await import('./x509.ts');
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: [{ CN: [commonName] }],
    signingAlgorithm:
      pair.privateKey.asymmetricKeyType === 'rsa'
        ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
        : { name: 'ECDSA', hash: 'SHA-256' },
    keys: { privateKey: await webSigningKey(pair.privateKey), publicKey: await webPublicKey(pair.publicKey) },
  });
  return pemOf(request);
}
