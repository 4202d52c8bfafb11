/**
 * Erasure of one person's tokens. An entry retains its bytes, proofs and subject count; its subject row loses the person's token. If other
 * tokens remain, the row gets a new salt, so that the erased token cannot be tested against the old commitment. The list of an erasure is
 * stored outside the log, its digest in the entry of the erasure. A row missing without such a list was removed without authority.
 */
import { createHmac, type KeyObject } from 'node:crypto';
import { toBase64url } from '../../log/base64.ts';
import { subjectsCommitment } from '../../log/commitment.ts';
import { leafHash, sameHash, sha256 } from '../../log/hash.ts';
import { newSalt } from '../../machine/newKeyPair.ts';
import { canonicalJson } from '../../terms/canonicalJson.ts';
import { entriesOfExchanges } from './store/entries.ts';
import { erasedRows, erasuresOf, type ErasedRow, type Erasure, type FoundSubject } from './store/erasures.ts';
import type { SubjectRow } from './store/subjects.ts';
import type { Reader } from '../platform/database/reader.ts';
import { leafIn } from './search/leaves.ts';

/** The kind that an entry's `change` contains. */
export const erasureKind = 'Erasure';

/** Identifies the erased person for holders of the subject key who may search for that person. @param subject the row's `_subject` */
export const erasedSubject = (key: KeyObject, subject: Uint8Array): Uint8Array =>
  createHmac('sha256', key).update('erased\0').update(subject).digest();

/** The digest by which an entry names its list: base64url SHA-256 of canonical JSON `[[index, count, commitment], …]`. */
export const listDigest = (list: readonly ErasedRow[]): string =>
  toBase64url(
    sha256(
      Buffer.from(
        canonicalJson(list.map(({ index, count, commitment }) => [index, count, commitment ?? ''])),
      ),
    ),
  );

export interface ErasurePlan {
  readonly list: readonly ErasedRow[];
  /** rows with tokens of other persons, under new salts */
  readonly remaining: readonly SubjectRow[];
}

/** Computes the changed rows. @param isErased whether the token at this position of the row is erased */
export function planErasure(
  rows: readonly FoundSubject[],
  isErased: (row: FoundSubject, token: Uint8Array, position: number) => boolean,
): ErasurePlan {
  const list: ErasedRow[] = [];
  const remaining: SubjectRow[] = [];
  for (const row of rows) {
    const gone: number[] = [];
    const tokens: Uint8Array[] = [];
    for (const [position, token] of row.tokens.entries())
      if (isErased(row, token, position)) gone.push(position);
      else tokens.push(token);
    const salt = newSalt();
    const commitment = tokens.length === 0 ? null : subjectsCommitment(tokens, salt);
    list.push({ index: row.index, hash: row.hash, gone, count: tokens.length, commitment });
    if (tokens.length > 0) remaining.push({ index: row.index, salt, tokens });
  }
  return { list, remaining };
}

/** What remains of an entry's subject row after an erasure: the number of tokens and their commitment. */
export type SubjectRemainder = Pick<ErasedRow, 'count' | 'commitment'>;

/**
 * Remainders of the erased rows of the entries `from … to − 1`, by index. A list of an erasure counts only if an entry of the log names its
 * digest.
 */
export async function remaindersBetween(
  reader: Reader,
  from: number,
  to: number,
): Promise<ReadonlyMap<number, SubjectRemainder>> {
  const remainders = new Map<number, SubjectRemainder>();
  // a later erasure records the remainder after the earlier ones
  for (const erasure of await erasuresOf(reader, { from, to })) {
    const list = await erasedRows(reader, erasure.id);
    if (!(await isRecorded(reader, erasure, list))) continue;
    for (const { index, count, commitment } of list)
      if (index >= from && index < to) remainders.set(index, { count, commitment });
  }
  return remainders;
}

/** Whether the entry of an erasure names its list. */
async function isRecorded(
  reader: Reader,
  { exchange }: Erasure,
  list: readonly ErasedRow[],
): Promise<boolean> {
  const [entry] = await entriesOfExchanges(reader, [exchange]);
  if (entry === undefined || !sameHash(leafHash(entry.leaf), entry.hash)) return false;
  const change = leafIn(entry.leaf)?.change;
  return change?.['kind'] === erasureKind && change['erased'] === listDigest(list);
}
