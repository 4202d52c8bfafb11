/**
 * Erasure of one person's tokens beside the log. An entry keeps its bytes, its proofs and the number of its subjects; its row loses her
 * token, and where others stay it gets a new salt, so that nobody can try her token against the old commitment. The list of an erasure
 * stands beside the log, its digest in the entry of the erasure: a row that is gone without one was stolen.
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

/** What an entry's `change` says it is. */
export const erasureKind = 'Erasure';

/** Of whom an erasure was, testable by whoever has the subject key and may search for her. @param subject the row's `_subject` */
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

export interface Erasing {
  readonly list: readonly ErasedRow[];
  /** rows with tokens of others, under new salts */
  readonly stay: readonly SubjectRow[];
}

/** What becomes of rows. @param goes whether the token at this place of the row goes */
export function erasing(
  rows: readonly FoundSubject[],
  goes: (row: FoundSubject, token: Uint8Array, place: number) => boolean,
): Erasing {
  const list: ErasedRow[] = [];
  const stay: SubjectRow[] = [];
  for (const row of rows) {
    const gone = row.tokens.flatMap((token, place) => (goes(row, token, place) ? [place] : []));
    const tokens = row.tokens.filter((_, place) => !gone.includes(place));
    const salt = newSalt();
    const commitment = tokens.length === 0 ? null : subjectsCommitment(tokens, salt);
    list.push({ index: row.index, hash: row.hash, gone, count: tokens.length, commitment });
    if (tokens.length > 0) stay.push({ index: row.index, salt, tokens });
  }
  return { list, stay };
}

/** What must be left of an entry's row. */
export type ErasedPart = Pick<ErasedRow, 'count' | 'commitment'>;

/** Of the entries `from … to − 1`, by index, as entries of the log prove it: a list that is not the one an entry names counts for nothing. */
export async function erasedBetween(
  reader: Reader,
  from: number,
  to: number,
): Promise<ReadonlyMap<number, ErasedPart>> {
  const parts = new Map<number, ErasedPart>();
  // a later erasure says what is left after the earlier ones
  for (const erasure of await erasuresOf(reader, { from, to })) {
    const list = await erasedRows(reader, erasure.id);
    if (!(await isReported(reader, erasure, list))) continue;
    for (const { index, count, commitment } of list)
      if (index >= from && index < to) parts.set(index, { count, commitment });
  }
  return parts;
}

async function isReported(
  reader: Reader,
  { exchange }: Erasure,
  list: readonly ErasedRow[],
): Promise<boolean> {
  const [entry] = await entriesOfExchanges(reader, [exchange]);
  if (entry === undefined || !sameHash(leafHash(entry.leaf), entry.hash)) return false;
  const change = leafIn(entry.leaf)?.change;
  return change?.['kind'] === erasureKind && change['erased'] === listDigest(list);
}
