/** Erased subject rows: the entries whose subjects were erased, and the remainder of their rows. */
import type { Reader } from '../../platform/database/reader.ts';
import { withLeaves } from './storedLeaves.ts';
import type { SubjectRow } from './subjects.ts';

/** One entry in an erasure. */
export interface ErasedRow {
  readonly index: number;
  /** leaf hash of the entry */
  readonly hash: Uint8Array;
  /** positions of the erased tokens in the row as this erasure found it */
  readonly gone: readonly number[];
  /** remaining tokens */
  readonly count: number;
  /** commitment to the remaining tokens, null if there are none */
  readonly commitment: string | null;
}

export interface Erasure {
  /** uuid version 7 of the call: not in the order of the erasures, since a call may be decided again */
  readonly id: string;
  /** the entry that records it */
  readonly exchange: string;
  /** keyed hash */
  readonly subject: Uint8Array;
  /** Unix milliseconds: entries before this */
  readonly before: number;
}

const selectedErasures = `SELECT s.id, s.exchange, s.subject, (extract(epoch FROM s.before) * 1000)::double precision AS before
       FROM subject_erasure AS s LEFT JOIN audit_entry AS e ON e.id = s.exchange`;
/** In the order in which they were recorded. An erasure without its entry is last. */
const inOrder = 'GROUP BY s.id ORDER BY min(e.idx), s.id';

/** The oldest first. */
export async function listErasures(reader: Reader): Promise<Erasure[]> {
  const { rows } = await reader.query<Erasure>(`${selectedErasures} ${inOrder}`);
  return rows;
}

/** The number never decreases. */
export async function countErasures(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM subject_erasure',
  );
  return rows[0]?.count ?? 0;
}

/** Erasures with entries among `from … to − 1`, the oldest first. */
export async function erasuresOf(
  reader: Reader,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<Erasure[]> {
  const { rows } = await reader.query<Erasure>(
    `${selectedErasures}
      WHERE s.id IN (SELECT erasure FROM erased_subject WHERE idx >= $1 AND idx < $2) ${inOrder}`,
    [from, to],
  );
  return rows;
}

/** The moment before which entries about a subject were erased, Unix milliseconds; undefined if there was no erasure. */
export async function erasedBefore(reader: Reader, subject: Uint8Array): Promise<number | undefined> {
  const { rows } = await reader.query<{ before: number | null }>(
    'SELECT (extract(epoch FROM max(before)) * 1000)::double precision AS before FROM subject_erasure WHERE subject = $1',
    [Buffer.from(subject)],
  );
  return rows[0]?.before ?? undefined;
}

/** The list of an erasure, ascending by entry. */
export async function erasedRows(reader: Reader, erasure: string): Promise<ErasedRow[]> {
  const { rows } = await reader.query<Omit<ErasedRow, 'index'> & { idx: string }>(
    'SELECT idx, hash, gone, count, commitment FROM erased_subject WHERE erasure = $1 ORDER BY idx',
    [erasure],
  );
  return rows.map(({ idx, ...row }) => ({ ...row, index: Number(idx) }));
}

/** A subject row with its entry. */
export interface FoundSubject extends SubjectRow {
  readonly leaf: Uint8Array;
  readonly hash: Uint8Array;
}

interface StoredFound {
  readonly idx: string;
  readonly salt: Buffer;
  readonly tokens: Buffer[];
  readonly leaf: Uint8Array;
  readonly hash: Buffer;
}

const found = ({ idx, ...row }: StoredFound): FoundSubject => ({ ...row, index: Number(idx) });
const selected = `SELECT s.idx, s.salt, s.tokens, e.leaf, e.hash FROM audit_subject AS s JOIN audit_entry AS e ON e.idx = s.idx`;

/** Rows of entries before a moment that contain any of these tokens, ascending. @param before Unix milliseconds */
export async function subjectsWithTokens(
  reader: Reader,
  tokens: readonly Uint8Array[],
  before: number,
): Promise<FoundSubject[]> {
  const { rows } = await reader.query<StoredFound>(
    `${selected} WHERE s.tokens && $1::bytea[] AND e.at < to_timestamp($2 / 1000.0) ORDER BY s.idx`,
    [tokens.map((token) => Buffer.from(token)), before],
  );
  return withLeaves(rows).map(found);
}

/** Rows of these entries, ascending. */
export async function subjectsAt(reader: Reader, indexes: readonly number[]): Promise<FoundSubject[]> {
  const { rows } = await reader.query<StoredFound>(
    `${selected} WHERE s.idx = ANY ($1::bigint[]) ORDER BY s.idx`,
    [[...indexes]],
  );
  return withLeaves(rows).map(found);
}

/**
 * Deletes the listed rows and inserts their remainder under new salts. The rows are those that were read: an erasure moves the epoch, so a
 * call decided before it cannot append.
 * @param remaining rows with tokens of other persons @returns false if one of the rows is missing
 */
export async function eraseRows(
  transaction: Reader,
  erasure: Erasure,
  list: readonly ErasedRow[],
  remaining: readonly SubjectRow[],
): Promise<boolean> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtext('subject erasure'))");
  await transaction.query(
    `INSERT INTO subject_erasure (id, exchange, subject, before) VALUES ($1, $2, $3, to_timestamp($4 / 1000.0))`,
    [erasure.id, erasure.exchange, Buffer.from(erasure.subject), erasure.before],
  );
  for (const { index, hash, gone, count, commitment } of list) {
    await transaction.query(
      'INSERT INTO erased_subject (idx, erasure, hash, gone, count, commitment) VALUES ($1, $2, $3, $4, $5, $6)',
      [index, erasure.id, Buffer.from(hash), [...gone], count, commitment],
    );
  }
  const { rows } = await transaction.query<{ done: string }>('SELECT erase_subject_rows($1) AS done', [
    erasure.id,
  ]);
  for (const { index, salt, tokens } of remaining) {
    await transaction.query('INSERT INTO audit_subject (idx, salt, tokens) VALUES ($1, $2, $3)', [
      index,
      Buffer.from(salt),
      tokens.map((token) => Buffer.from(token)),
    ]);
  }
  return Number(rows[0]?.done) === list.length;
}
