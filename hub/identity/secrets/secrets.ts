import { createHash, timingSafeEqual, randomBytes } from 'node:crypto';

/** Hex SHA-256. Codes and tokens are random (100 bits and more), so neither salt nor a slow hash adds anything. */
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** Compares two hex hashes in constant time. */
export function sameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')];
  return a.length === 32 && b.length === 32 && timingSafeEqual(a, b);
}

/** Crockford's base 32: no I, L, O, U, so that a code can be read out on the telephone. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** `length` characters of 5 random bits each. */
export function randomText(length: number): string {
  return [...randomBytes(length)].map((byte) => alphabet[byte & 31]).join('');
}

/** Normalises what a person may have typed for such a text: lower case, O for 0, I or L for 1, blanks. */
function normalText(typed: string): string {
  return typed.toUpperCase().replaceAll(/\s/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

/** `DT-XXXXX-XXXXX-XXXXX-XXXXX`: 100 random bits, made to be read out or typed. */
export const oneTimeCode = (): string => `DT-${[1, 2, 3, 4].map(() => randomText(5)).join('-')}`;

/**
 * The hash that a code is looked up by, however it was typed. @param use purpose of the code: a code for one purpose is invalid for
 * others
 */
export function oneTimeHash(use: string, code: string): string {
  const normal = normalText(code).replaceAll('-', '').replace(/^DT/, '');
  return secretHash(`${use} ${normal}`);
}
