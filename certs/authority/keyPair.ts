import { createPrivateKey, type KeyObject, type webcrypto } from 'node:crypto';

export interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

/** PKCS#8 PEM, the file format of every private key of the product. */
export function privateKeyPem(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString();
}

const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

/** The WebCrypto form of a private key (P-256 or RSA), which the certificate library signs with. */
export async function webSigningKey(key: KeyObject | string): Promise<webcrypto.CryptoKey> {
  const object = typeof key === 'string' ? createPrivateKey(key) : key;
  const der = object.export({ type: 'pkcs8', format: 'der' });
  const algorithm = object.asymmetricKeyType === 'rsa' ? rsa : ecdsa;
  return await globalThis.crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']);
}

/** The WebCrypto form of a public key (P-256 or RSA). */
export async function webPublicKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const der = key.export({ type: 'spki', format: 'der' });
  const algorithm = key.asymmetricKeyType === 'rsa' ? rsa : ecdsa;
  return await globalThis.crypto.subtle.importKey('spki', der, algorithm, true, ['verify']);
}

/**
 * Whether a key, private or public, may be certified for TLS: P-256, or RSA of 2048 to 4096 bits. `kind` is for a message, such as `rsa
 * 1024`.
 */
export function acceptedTlsKey(key: KeyObject): { readonly accepted: boolean; readonly kind: string } {
  const { asymmetricKeyType: type = 'unknown', asymmetricKeyDetails: details } = key;
  if (type === 'ec') {
    const curve = details?.namedCurve ?? '';
    return { accepted: curve === 'prime256v1', kind: `ec ${curve}`.trim() };
  }
  if (type !== 'rsa') return { accepted: false, kind: type };
  const bits = details?.modulusLength ?? 0;
  const exponent = details?.publicExponent ?? 0n;
  return {
    accepted: bits >= 2048 && bits <= 4096 && exponent >= 65537n && exponent < 1n << 64n,
    kind: `rsa ${bits}`,
  };
}
