import type { KeyPair } from './keyPair.ts';
import { webPublicKey, webSigningKey } from './keyPair.ts';

/** A certificate request (PKCS #10, PEM) for a P-256 or RSA key, made where the key lies. Its subject is a hint for people; the hub sets the names. */
export async function createCertificateRequest(pair: KeyPair, commonName = 'department'): Promise<string> {
  // loaded when one is made: a client asks for a certificate once in months, and this is half of its time to start
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
