import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type ECKeyPairOptions,
  type ED25519KeyPairOptions,
  type KeyObject,
  type RSAKeyPairOptions,
  randomFillSync,
  randomBytes,
} from 'node:crypto';
import type { KeyPair } from '../certs/authority/keyPair.ts';
import { saltLength } from '../log/commitment.ts';
import { serialFrom } from '../certs/authority/identifiers.ts';
import { createAuthority, type NewAuthority } from '../certs/authority/createAuthority.ts';

/** Exports keys from the generator as bytes, which are then imported as separate key objects. */
const asBytes: ED25519KeyPairOptions<'der', 'der'> = {
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
};

/**
 * Imports a generated key from bytes, to avoid a deadlock. A key object from the generator shares a lock with the generator's job. If the
 * job is garbage-collected during an `export({ format: 'jwk' })` of that key, both wait for each other and the whole process hangs (Node
 * 20, `KeyGenJob::~KeyGenJob` below `ExportJWKEcKey`). A key imported from bytes has a separate lock.
 */
const ofBytes = (made: { readonly publicKey: Buffer; readonly privateKey: Buffer }): KeyPair => ({
  publicKey: createPublicKey({ key: made.publicKey, type: 'spki', format: 'der' }),
  privateKey: createPrivateKey({ key: made.privateKey, type: 'pkcs8', format: 'der' }),
});

/** A new P-256 key pair: of the authority, of a listener, of a department's TLS or signing key. */
export function newKeyPair(): KeyPair {
  const options: ECKeyPairOptions<'der', 'der'> = { namedCurve: 'P-256', ...asBytes };
  return ofBytes(generateKeyPairSync('ec', options));
}

/** A new Ed25519 key pair: of a log, of a witness. */
export function newNotePair(): KeyPair {
  return ofBytes(generateKeyPairSync('ed25519', asBytes));
}

/** A new RSA key pair of `bits`: for a machine that supports no elliptic curves. */
export function newRsaPair(bits: number): KeyPair {
  const options: RSAKeyPairOptions<'der', 'der'> = { modulusLength: bits, ...asBytes };
  return ofBytes(generateKeyPairSync('rsa', options));
}

/**
 * A new pair of the same kind as `key`, P-256 or RSA with as many bits: systems that accept the old certificate accept the renewed one.
 */
export function newKeyPairLike(key: KeyObject): KeyPair {
  const bits = key.asymmetricKeyType === 'rsa' ? key.asymmetricKeyDetails?.modulusLength : undefined;
  return bits === undefined ? newKeyPair() : newRsaPair(bits);
}

/** Random bytes are fetched in blocks: a salt is a slice of one. */
const pool = Buffer.alloc(4096);

let used = pool.length;

/** The salt of a commitment: 128 random bits. */
export function newSalt(): Uint8Array {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const salt = Uint8Array.prototype.slice.call(pool, used, used + saltLength);
  used += saltLength;
  return salt;
}

/** The serial of a new certificate. */
export const newSerial = (): string => serialFrom(randomBytes(16));

/** An authority with keys and serials of its own. @param hubName appears in its subjects @param now Unix milliseconds */
export const newAuthority = (hubName: string, now: number): Promise<NewAuthority> =>
  createAuthority(hubName, now, { keyPair: newKeyPair, serial: newSerial });
