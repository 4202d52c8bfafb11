/** Small secrets of persons, sealed for the database: AES-256-GCM under a key of their own, bound to whose they are. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes, type KeyObject } from 'node:crypto';

const keyFor = (sealing: KeyObject): Buffer =>
  createHmac('sha256', sealing).update('datong-authenticator').digest();

/** @returns 12 bytes nonce, 16 bytes tag, the sealed secret */
export function sealSecret(sealing: KeyObject, person: string, secret: Uint8Array): Buffer {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyFor(sealing), nonce).setAAD(Buffer.from(person));
  const sealed = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
}

/** @throws Error where it was sealed for somebody else, or changed */
export function openSecret(sealing: KeyObject, person: string, sealed: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', keyFor(sealing), sealed.subarray(0, 12))
    .setAAD(Buffer.from(person))
    .setAuthTag(sealed.subarray(12, 28));
  return Buffer.concat([decipher.update(sealed.subarray(28)), decipher.final()]);
}
