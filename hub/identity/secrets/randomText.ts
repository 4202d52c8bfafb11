import { randomBytes } from 'node:crypto';

/** Crockford's base 32: no I, L, O, U, so that a code can be read out on the telephone. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** `length` characters of 5 random bits each. */
export function randomText(length: number): string {
  return [...randomBytes(length)].map((byte) => alphabet[byte & 31]).join('');
}

/** What a person may have typed for such a text: lower case, O for 0, I or L for 1, blanks. */
export function normalText(typed: string): string {
  return typed.toUpperCase().replaceAll(/\s/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}
