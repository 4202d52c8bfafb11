/**
 * Commitments: base64url of SHA-256(salt ‖ canonical JSON of the value). A holder of the salt can show the value later. After the salt is
 * deleted, the entry reveals nothing about the value, and entry, proofs and receipts still verify.
 */
import { canonicalJson, type CanonicalValue } from '../terms/canonicalJson.ts';
import { fromBase64url } from '../certs/base64url.ts';
import { toBase64url } from './base64.ts';
import { sha256 } from './hash.ts';
import type { Commitment } from './leaf.ts';

const digits = Buffer.from('0123456789abcdef', 'latin1');

/**
 * A list of the hex forms of concatenated values of one length, as ASCII bytes: no string is created for a value.
 * @param length bytes of a value @param begin before the first @param between two of them @param end after the last
 */
export function hexList(
  values: Uint8Array,
  length: number,
  [begin, between, end]: readonly [string, string, string],
): Buffer {
  const count = values.length / length;
  if (count === 0) return Buffer.from(begin + end, 'latin1');
  const separator = Buffer.from(between, 'latin1');
  const list = Buffer.allocUnsafe(
    begin.length + 2 * values.length + (count - 1) * between.length + end.length,
  );
  let to = list.write(begin, 'latin1');
  for (let from = 0; from < values.length; from += length) {
    for (let i = 0; from > 0 && i < separator.length; i += 1) list[to++] = separator[i] ?? 0;
    for (let at = from; at < from + length; at += 1) {
      const byte = values[at] ?? 0;
      list[to++] = digits[byte >> 4] ?? 0;
      list[to++] = digits[byte & 15] ?? 0;
    }
  }
  list.write(end, to, 'latin1');
  return list;
}

/** The hex forms of many short values: one copying call instead of one per value. */
function hexOf(values: readonly Uint8Array[]): readonly string[] {
  const whole = Buffer.concat(values).toString('hex');
  let from = 0;
  return values.map(({ length }) => whole.slice(from, (from += 2 * length)));
}

/** Bytes of a salt. */
export const saltLength = 16;

export const commitmentTo = (value: CanonicalValue, salt: Uint8Array): Commitment =>
  toBase64url(sha256(Buffer.concat([salt, Buffer.from(canonicalJson(value))])));

/** Whether this value with this salt opens the commitment. A value without a canonical form opens none: it was altered. */
export function opens(commitment: Commitment, value: CanonicalValue, salt: Uint8Array): boolean {
  try {
    return salt.length === saltLength && commitmentTo(value, salt) === commitment;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/**
 * The commitment to a reply's content digest.
 * @param digest SHA-256 of the body, 32 bytes
 */
export const replyCommitment = (digest: Uint8Array, salt: Uint8Array): Commitment =>
  commitmentTo(toBase64url(digest), salt);

/** The commitment to a person by an identifier, as in a consent: the commitment alone does not reveal the person. */
export const personCommitment = (identifier: string, salt: Uint8Array): Commitment =>
  commitmentTo(['person', identifier], salt);

/** Whether an identifier with its salt (base64url) opens the commitment to a person. */
export function opensPerson(
  commitment: Commitment,
  { value, salt }: { readonly value: string; readonly salt: string },
): boolean {
  const bytes = fromBase64url(salt);
  return bytes?.length === saltLength && personCommitment(value, bytes) === commitment;
}

/** The commitment to a set of subject tokens: their hex forms, sorted, without duplicates. */
export const subjectsCommitment = (tokens: readonly Uint8Array[], salt: Uint8Array): Commitment =>
  areAscending(tokens)
    ? tokensCommitment(Buffer.concat(tokens), tokens[0]?.length ?? 0, salt)
    : commitmentTo([...new Set(hexOf(tokens))].sort(), salt);

/** Whether there is at least one, all have the same length, and each is greater than the one before, as in stored entries. */
function areAscending(tokens: readonly Uint8Array[]): boolean {
  const [first] = tokens;
  if (first === undefined || first.length === 0) return false;
  let before = first;
  for (let nth = 1; nth < tokens.length; nth += 1) {
    const token = tokens[nth] ?? first;
    if (token.length !== first.length || Buffer.compare(before, token) >= 0) return false;
    before = token;
  }
  return true;
}

/**
 * The same for concatenated tokens: their canonical JSON is written directly.
 * @param tokens sorted, without duplicates; there is at least one @param length bytes of a token
 */
export const tokensCommitment = (tokens: Uint8Array, length: number, salt: Uint8Array): Commitment =>
  toBase64url(sha256(Buffer.concat([salt, hexList(tokens, length, ['["', '","', '"]'])])));
