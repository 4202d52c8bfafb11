/** The index beside the log: which entries of which chunk hold a term. Derived from the leaves, so it may be made again at any time. */
import { binaryRows, placesInArray } from '../database/binaryRows.ts';
import type { Pool } from '../database/database.ts';
import type { Reader } from '../database/reader.ts';

export interface Posting {
  /** number of the term, as text */
  readonly term: string;
  readonly chunk: number;
  readonly places: Uint8Array;
}

export interface PostedChunk {
  readonly chunk: number;
  /** RFC 3339, of its earliest and its latest entry */
  readonly firstAt: string;
  readonly lastAt: string;
}

/** Writes chunks of the index together, anew where they stand. */
export async function insertChunks(
  reader: Reader,
  chunks: readonly PostedChunk[],
  postings: readonly Posting[],
  words: readonly { readonly dimension: string; readonly value: string }[],
): Promise<void> {
  await reader.query(
    `WITH postings AS (
       INSERT INTO audit_posting (term, chunk, places)
       SELECT * FROM unnest($1::bigint[], $2::integer[], $3::bytea[])
       ON CONFLICT (term, chunk) DO UPDATE SET places = EXCLUDED.places
     ), words AS (
       INSERT INTO audit_word (dimension, value)
       SELECT * FROM unnest($4::text[], $5::text[]) ON CONFLICT DO NOTHING
     )
     INSERT INTO audit_posted (chunk, first_at, last_at)
     SELECT * FROM unnest($6::integer[], $7::timestamptz[], $8::timestamptz[])
     ON CONFLICT (chunk) DO UPDATE SET first_at = EXCLUDED.first_at, last_at = EXCLUDED.last_at`,
    [
      postings.map(({ term }) => term),
      postings.map(({ chunk }) => chunk),
      postings.map(({ places }) => Buffer.from(places)),
      words.map(({ dimension }) => dimension),
      words.map(({ value }) => value),
      chunks.map(({ chunk }) => chunk),
      chunks.map(({ firstAt }) => firstAt),
      chunks.map(({ lastAt }) => lastAt),
    ],
  );
}

/** The first chunk that is not indexed. */
export async function nextChunk(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ next: number }>(
    'SELECT coalesce(max(chunk) + 1, 0) AS next FROM audit_posted',
  );
  return rows[0]?.next ?? 0;
}

/** Chunks below a number, ascending. */
export async function postedChunks(
  reader: Reader,
  { first = 0, end }: { readonly first?: number; readonly end: number },
): Promise<PostedChunk[]> {
  const iso = (column: string): string =>
    `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const { rows } = await reader.query<PostedChunk>(
    `SELECT chunk, ${iso('first_at')} AS "firstAt", ${iso('last_at')} AS "lastAt" FROM audit_posted
      WHERE chunk >= $1 AND chunk < $2 ORDER BY chunk`,
    [first, end],
  );
  return rows;
}

/** Takes a posting. @param places bytes that are the driver's own, to be copied by whoever keeps them */
type TakePosting = (term: string, chunk: number, places: Uint8Array) => void;

/** Tells the postings of terms in the chunks `first … end − 1`, in no order. */
export async function eachPosting(
  pool: Pool,
  terms: readonly string[],
  first: number,
  end: number,
  take: TakePosting,
): Promise<void> {
  if (terms.length === 0) return;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(end)) throw new RangeError('no chunks');
  // as bytes, and those of a term in one row: of three years there are tens of thousands
  await binaryRows(
    pool,
    `SELECT term, array_agg(chunk), array_agg(places) FROM audit_posting
      WHERE term = ANY ('{${terms.map((term) => BigInt(term)).join(',')}}'::bigint[]) AND chunk >= ${first} AND chunk < ${end}
      GROUP BY term`,
    ([number, chunks, all]) => {
      if (!number || !chunks || !all) return;
      const term = number.readBigInt64BE(0).toString();
      const own = placesInArray(chunks);
      const places = placesInArray(all);
      for (let nth = 0; nth < own.length; nth += 2)
        take(term, chunks.readInt32BE(own[nth] ?? 0), all.subarray(places[nth], places[nth + 1]));
    },
  );
}

/** How many entries of the chunks `first … end − 1` hold each term: where all of them answer, no posting need be read for it. */
export async function countPosted(
  reader: Reader,
  terms: readonly string[],
  first: number,
  end: number,
): Promise<{ readonly term: string; readonly count: number }[]> {
  if (terms.length === 0) return [];
  // two bytes a place while they are few, else a bitmap of 128
  const { rows } = await reader.query<{ term: string; count: number }>(
    `SELECT term::text AS term,
            sum(CASE octet_length(places) WHEN 128 THEN bit_count(places) ELSE octet_length(places) / 2 END)::float8 AS count
       FROM audit_posting WHERE term = ANY ($1::bigint[]) AND chunk >= $2 AND chunk < $3 GROUP BY term`,
    [[...terms], first, end],
  );
  return rows;
}

/** The newest posting of a term below a chunk, by term. `firstAt` in Unix milliseconds, of the chunk's earliest entry. */
export async function newestPosted(
  reader: Reader,
  terms: readonly string[],
  below: number,
): Promise<ReadonlyMap<string, Posting & { readonly firstAt: number }>> {
  const { rows } = await reader.query<{ term: string; chunk: number; places: Buffer; firstAt: number }>(
    `SELECT n.term::text AS term, n.chunk, q.places, (extract(epoch FROM p.first_at) * 1000)::double precision AS "firstAt"
       FROM (SELECT term, max(chunk) AS chunk FROM audit_posting WHERE term = ANY ($1::bigint[]) AND chunk < $2 GROUP BY term) AS n
       JOIN audit_posting q ON q.term = n.term AND q.chunk = n.chunk
       JOIN audit_posted p ON p.chunk = n.chunk`,
    [[...terms], below],
  );
  return new Map(rows.map((row) => [row.term, row]));
}

export async function wordsOf(reader: Reader, dimension: string): Promise<string[]> {
  const { rows } = await reader.query<{ value: string }>(
    'SELECT value FROM audit_word WHERE dimension = $1 ORDER BY value',
    [dimension],
  );
  return rows.map(({ value }) => value);
}
