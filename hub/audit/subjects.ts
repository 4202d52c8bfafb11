/**
 * Whom an entry concerns. The leaf holds only how many and a salted commitment; the tokens stand beside it in `audit_subject`, where
 * they can be searched, and deleted. A token is an HMAC under a key of its year: without that key nobody can tell whom it means.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { subjectsCommitment } from '../../log/commitment.ts';
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
  createHmac('sha256', yearKey).update(subject).digest().subarray(0, tokenLength);

/**
 * The token of a subject whom a call named and got nothing of: another one than `subjectToken`, so that a search tells who saw a person from
 * who tried.
 */
export const attemptToken = (yearKey: KeyObject, subject: Uint8Array): Uint8Array =>
  createHmac('sha256', yearKey).update('attempt\0').update(subject).digest().subarray(0, tokenLength);

/** Year whose key an entry of this moment uses. @param now Unix ms */
export const tokenYear = (now: number): number => new Date(now).getUTCFullYear();

export interface SubjectsOfEntry {
  readonly leaf: NonNullable<Leaf['subjects']>;
  readonly stored: NonNullable<EntryDraft<never>['subjects']>;
}

/** What leaf and draft say of the subjects, doubles dropped; undefined for none. */
export function subjectsOf(tokens: readonly Uint8Array[]): SubjectsOfEntry | undefined {
  const distinct = [...new Map(tokens.map((token) => [Buffer.from(token).toString('hex'), token])).values()];
  if (distinct.length === 0) return undefined;
  const salt = newSalt();
  return {
    leaf: { count: distinct.length, commitment: subjectsCommitment(distinct, salt) },
    stored: { tokens: distinct, salt },
  };
}
