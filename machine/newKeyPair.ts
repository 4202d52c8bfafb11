import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { KeyPair } from '../certs/authority/keyPair.ts';

/** A fresh P-256 key pair: of the authority, of a listener, of a department's TLS or signing key. */
export function newKeyPair(): KeyPair {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** A fresh pair of the kind of `key`, P-256 or RSA of as many bits: a renewed certificate then suits whatever took the old one. */
export function newKeyPairLike(key: KeyObject): KeyPair {
  const bits = key.asymmetricKeyType === 'rsa' ? key.asymmetricKeyDetails?.modulusLength : undefined;
  return bits === undefined ? newKeyPair() : generateKeyPairSync('rsa', { modulusLength: bits });
}
