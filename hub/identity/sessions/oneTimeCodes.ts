/** Codes of six digits that follow from a shared secret and the time: RFC 6238 over RFC 4226, SHA-1, steps of 30 s, as authenticators show them. */
import { createHmac, timingSafeEqual, createCipheriv, createDecipheriv, randomBytes, type KeyObject } from 'node:crypto';

const stepSeconds = 30;
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** @param step number of the 30 s since 1970 (RFC 4226 §5.3) */
export function codeAt(secret: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  const offset = (mac.at(-1) ?? 0) & 15;
  return String((mac.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 1_000_000).padStart(6, '0');
}

/**
 * The step whose code this is: the present one, or one beside it, since clocks differ (RFC 6238 §5.2).
 * @param now Unix milliseconds @returns undefined for no such code
 */
export function stepOf(secret: Uint8Array, code: string, now: number): number | undefined {
  const present = Math.floor(now / 1000 / stepSeconds);
  const typed = Buffer.from(code.padEnd(6).slice(0, 6));
  return [present, present - 1, present + 1].find((step) =>
    timingSafeEqual(Buffer.from(codeAt(secret, step)), typed),
  );
}

/** RFC 4648 base 32 without padding: how authenticators take a secret that is typed. */
export function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? [])
    .map((five) => alphabet[Number.parseInt(five.padEnd(5, '0'), 2)])
    .join('');
}

/** Small secrets of persons, sealed for the database: AES-256-GCM under a key of their own, bound to whose they are. */
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
