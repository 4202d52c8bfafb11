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

/** Keys leave the generator as bytes, and come back as keys of their own. */
const asBytes: ED25519KeyPairOptions<'der', 'der'> = {
  publicKeyEncoding: { type: 'spki', format: 'der' },
  privateKeyEncoding: { type: 'pkcs8', format: 'der' },
};

/**
 * A key object that comes from the generator itself shares a lock with the generator's job. Where the job is collected as garbage in the
 * middle of an `export({ format: 'jwk' })` of that key, both wait for each other, and the whole process stands still for ever (Node 20,
 * `KeyGenJob::~KeyGenJob` below `ExportJWKEcKey`). A key that was read from bytes has a lock of its own.
 */
const ofBytes = (made: { readonly publicKey: Buffer; readonly privateKey: Buffer }): KeyPair => ({
  publicKey: createPublicKey({ key: made.publicKey, type: 'spki', format: 'der' }),
  privateKey: createPrivateKey({ key: made.privateKey, type: 'pkcs8', format: 'der' }),
});

/** A fresh P-256 key pair: of the authority, of a listener, of a department's TLS or signing key. */
export function newKeyPair(): KeyPair {
  const options: ECKeyPairOptions<'der', 'der'> = { namedCurve: 'P-256', ...asBytes };
  return ofBytes(generateKeyPairSync('ec', options));
}

/** A fresh Ed25519 key pair: of a log, of a witness. */
export function newNotePair(): KeyPair {
  return ofBytes(generateKeyPairSync('ed25519', asBytes));
}

/** A fresh RSA key pair of `bits`: a machine that knows no curve. */
export function newRsaPair(bits: number): KeyPair {
  const options: RSAKeyPairOptions<'der', 'der'> = { modulusLength: bits, ...asBytes };
  return ofBytes(generateKeyPairSync('rsa', options));
}

/** A fresh pair of the kind of `key`, P-256 or RSA of as many bits: a renewed certificate then suits whatever took the old one. */
export function newKeyPairLike(key: KeyObject): KeyPair {
  const bits = key.asymmetricKeyType === 'rsa' ? key.asymmetricKeyDetails?.modulusLength : undefined;
  return bits === undefined ? newKeyPair() : newRsaPair(bits);
}

/** Random bytes are fetched many at a time: a salt is a slice of them. */
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
