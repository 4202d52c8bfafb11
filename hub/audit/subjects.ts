/**
 * Whom an entry concerns. The leaf holds only how many and a salted commitment; the tokens stand beside it in `audit_subject`, where
 * they can be searched, and deleted. A token is an HMAC under a key of its year: without that key nobody can tell whom it means.
 */
import type { KeyObject } from 'node:crypto';
import { subjectsCommitment } from '../../log/commitment.ts';
import { hexOf } from '../../log/hexOf.ts';
import { hmacBytes } from '../../log/hmac.ts';
import { newSalt } from '../../machine/newSalt.ts';
import type { Leaf } from '../../log/leaf.ts';
import type { EntryDraft } from './draft.ts';

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
 * The token of a subject whom a call named and got nothing of: another one than `subjectToken`, so that a search tells who saw a person from
 * who tried.
 */
export const attemptToken = (yearKey: KeyObject, subject: Uint8Array): Uint8Array =>
  hashers(yearKey).attempt(subject).subarray(0, tokenLength);

type Hash = (bytes: Uint8Array) => Buffer;

/** A page of 1,000 rows takes 1,000 tokens: what is made of a key stays with it. */
const made = new WeakMap<KeyObject, { readonly token: Hash; readonly attempt: Hash }>();

function hashers(yearKey: KeyObject): { readonly token: Hash; readonly attempt: Hash } {
  let known = made.get(yearKey);
  if (known === undefined) {
    const key = new Uint8Array(yearKey.export());
    known = { token: hmacBytes(key), attempt: hmacBytes(key, 'attempt\0') };
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

/** What leaf and draft say of the subjects, doubles dropped; undefined for none. */
export function subjectsOf(tokens: readonly Uint8Array[]): SubjectsOfEntry | undefined {
  const names = hexOf(tokens);
  const distinct = [...new Map(tokens.map((token, i) => [names[i], token])).values()];
  if (distinct.length === 0) return undefined;
  const salt = newSalt();
  return {
    leaf: { count: distinct.length, commitment: subjectsCommitment(distinct, salt) },
    stored: { tokens: distinct, salt },
  };
}
