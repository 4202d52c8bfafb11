/**
 * The subjects of an entry. The leaf contains only their number and a salted commitment. The tokens are stored in `audit_subject`, where
 * they can be searched and deleted. A token is an HMAC under a key of its year: without that key it cannot be linked to a person.
 */
import type { KeyObject } from 'node:crypto';
import { tokensCommitment } from '../../log/commitment.ts';
import { hmacBytes, hmacInto } from '../../log/hmac.ts';
import { hmacLanes, valueLength } from '../../log/lanes/hmacLanes.ts';
import { newSalt } from '../../machine/newKeyPair.ts';
import type { Leaf } from '../../log/leaf.ts';
import type { EntryDraft } from './draft.ts';
import { distinctValues } from './sortedValues.ts';

/** Bytes of a token: 128 bits. */
const tokenLength = 16;

/**
 * The log's token of a subject.
 * @param yearKey key of the year of the entry (`HubKeys.logToken`)
 * @param subject the row's `_subject`
 */
export const subjectToken = (yearKey: KeyObject, subject: Uint8Array): Uint8Array =>
  hashers(yearKey).token(subject).subarray(0, tokenLength);

/**
 * The token of a subject whom a call named without receiving data. It differs from `subjectToken`, so that a search separates access from
 * attempts.
 */
export const attemptToken = (yearKey: KeyObject, subject: Uint8Array): Uint8Array =>
  hashers(yearKey).attempt(subject).subarray(0, tokenLength);

/** Log tokens of subjects: one array each, or, for very many, concatenated. */
export type SubjectTokens = readonly Uint8Array[] | Uint8Array;

/**
 * The tokens of many subjects, concatenated, in the order of their subjects.
 * @param subjects the rows' `_subject`, concatenated @param length of each
 */
export function subjectTokens(yearKey: KeyObject, subjects: Uint8Array, length: number): Buffer {
  const tokens = Buffer.allocUnsafeSlow((subjects.length / length) * tokenLength);
  const { into, many } = hashers(yearKey);
  const inLanes = length === valueLength && subjects.length >= minInLanes * length ? many() : undefined;
  if (inLanes !== undefined) inLanes(subjects, tokens);
  else
    for (let from = 0; from < subjects.length; from += length)
      into(subjects, from, from + length, tokens, (from / length) * tokenLength);
  return tokens;
}

/** Minimum number of subjects that are hashed with SIMD. */
const minInLanes = 64;

type Hash = (bytes: Uint8Array) => Buffer;

/** A page of 1,000 rows needs 1,000 tokens: the hashers derived from a key are cached with it. */
const made = new WeakMap<KeyObject, Hashers>();

interface Hashers {
  readonly token: Hash;
  readonly attempt: Hash;
  /** the same as `token`, truncated and written into a target */
  readonly into: ReturnType<typeof hmacInto>;
  /** the same for many, created on first use; undefined if the processor has no SIMD */
  readonly many: () => ReturnType<typeof hmacLanes>;
}

function hashers(yearKey: KeyObject): Hashers {
  let known = made.get(yearKey);
  if (known === undefined) {
    const key = new Uint8Array(yearKey.export());
    let many: ReturnType<typeof hmacLanes> | 'unknown' = 'unknown';
    known = {
      many: () => (many === 'unknown' ? (many = hmacLanes(key)) : many),
      token: hmacBytes(key),
      attempt: hmacBytes(key, 'attempt\0'),
      into: hmacInto(key, tokenLength),
    };
    made.set(yearKey, known);
  }
  return known;
}

/** Year whose key an entry of this moment uses. @param now Unix ms */
export const tokenYear = (now: number): number => new Date(now).getUTCFullYear();

export interface SubjectsOfEntry {
  readonly leaf: NonNullable<Leaf['subjects']>;
  readonly stored: NonNullable<EntryDraft<never>['subjects']>;
}

/**
 * The subject data for leaf and draft, without duplicates; undefined for none.
 * @throws TypeError if a token has another length: concatenated tokens would then denote other persons
 */
export function subjectsOf(given: SubjectTokens): SubjectsOfEntry | undefined {
  const fits =
    given instanceof Uint8Array
      ? given.length % tokenLength === 0
      : given.every((one) => one.length === tokenLength);
  if (!fits) throw new TypeError('a token of a person has another length');
  const together =
    given instanceof Uint8Array
      ? Buffer.from(given.buffer, given.byteOffset, given.byteLength)
      : Buffer.concat(given);
  // in the order of the commitment
  const tokens = distinctValues(together, tokenLength);
  if (tokens.length === 0) return undefined;
  const salt = newSalt();
  const count = tokens.length / tokenLength;
  return {
    leaf: { count, commitment: tokensCommitment(tokens, tokenLength, salt) },
    stored: { tokens, salt },
  };
}
