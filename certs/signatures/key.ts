/** Signing keys of the profile: P-256 (signature = r‖s, 64 bytes) and Ed25519. */
import { createPrivateKey, createPublicKey, type JsonWebKey, KeyObject, sign, verify } from 'node:crypto';
import type { KeyId } from '../../terms/ids.ts';
import { Problem } from '../../terms/problem.ts';
import type { SignatureAlgorithm } from '../message.ts';
import { thumbprint } from '../thumbprint.ts';

export interface SigningKey {
  readonly keyid: KeyId;
  readonly alg: SignatureAlgorithm;
  readonly privateKey: KeyObject;
}

export interface VerificationKey {
  readonly keyid: KeyId;
  readonly alg: SignatureAlgorithm;
  readonly publicKey: KeyObject;
}

/** Bytes of a signature, the same for both algorithms. */
export const signatureLength = 64;

/**
 * The algorithm a key signs with.
 * @throws Problem key_malformed for any key that is neither P-256 nor Ed25519
 */
export function algorithmOf(key: KeyObject): SignatureAlgorithm {
  if (key.asymmetricKeyType === 'ed25519') return 'ed25519';
  if (key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === 'prime256v1')
    return 'ecdsa-p256-sha256';
  throw new Problem('key_malformed', {
    reason: `${key.asymmetricKeyType ?? key.type} is neither P-256 nor Ed25519`,
  });
}

/** @param source private key as KeyObject, JWK or PEM (PKCS#8 or SEC 1). @throws Problem key_malformed */
export function signingKey(source: KeyObject | JsonWebKey | string): SigningKey {
  const privateKey = parsed(() =>
    source instanceof KeyObject
      ? source
      : typeof source === 'string'
        ? createPrivateKey(source)
        : createPrivateKey({ key: source, format: 'jwk' }),
  );
  return { keyid: thumbprint(privateKey), alg: algorithmOf(privateKey), privateKey };
}

/** @param source public key as KeyObject, JWK or PEM; a private one gives its public half. @throws Problem key_malformed */
export function verificationKey(source: KeyObject | JsonWebKey | string): VerificationKey {
  const publicKey = parsed(() =>
    source instanceof KeyObject
      ? source.type === 'private'
        ? createPublicKey(source)
        : source
      : typeof source === 'string'
        ? createPublicKey(source)
        : createPublicKey({ key: source, format: 'jwk' }),
  );
  return { keyid: thumbprint(publicKey), alg: algorithmOf(publicKey), publicKey };
}

function parsed(read: () => KeyObject): KeyObject {
  try {
    return read();
  } catch {
    throw new Problem('key_malformed', { reason: 'neither a JWK nor a PEM key' });
  }
}

/** 64 signature bytes over `bytes`. Synchronous: 20 µs on one core, less than a hop to the thread pool costs. */
export function signBytes(bytes: Uint8Array, key: SigningKey): Buffer {
  return key.alg === 'ed25519'
    ? sign(null, bytes, key.privateKey)
    : sign('sha256', bytes, { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
}

/** Whether the signature is the key's over `bytes`; false also for a signature of another length, such as DER. */
export function verifyBytes(bytes: Uint8Array, signature: Uint8Array, key: VerificationKey): boolean {
  if (signature.length !== signatureLength) return false;
  return key.alg === 'ed25519'
    ? verify(null, bytes, key.publicKey, signature)
    : verify('sha256', bytes, { key: key.publicKey, dsaEncoding: 'ieee-p1363' }, signature);
}
