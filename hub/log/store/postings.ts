/**
 * The search index of the log: the entries of each chunk that contain a term. It is derived from the leaves and can be rebuilt at any
 * time.
 */
import { binaryRows, copiedRows, placesInArray } from '../../platform/database/binaryRows.ts';
import { byIndexes } from '../../platform/database/byIndexes.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { momentAt } from '../../platform/database/values.ts';

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

/** Index data of several chunks, written together. */
interface ChunksToWrite {
  readonly chunks: readonly PostedChunk[];
  /** one posting for each term of a chunk */
  readonly postings: readonly Posting[];
  readonly words: readonly { readonly dimension: string; readonly value: string }[];
}

/** Writes chunks of the index together and replaces existing ones. */
export async function insertChunks(reader: Reader, written: ChunksToWrite): Promise<void> {
  await writeChunks(reader, 'DO UPDATE SET places = EXCLUDED.places', written);
}

/**
 * The same for chunks that are not indexed. @returns false if postings of theirs exist all the same: those remain, and no chunk counts as
 * indexed
 */
export const addChunks = (reader: Reader, written: ChunksToWrite): Promise<boolean> =>
  writeChunks(reader, 'DO NOTHING', written);

async function writeChunks(
  reader: Reader,
  posted: 'DO NOTHING' | 'DO UPDATE SET places = EXCLUDED.places',
  { chunks, postings, words }: ChunksToWrite,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `WITH postings AS (
       INSERT INTO audit_posting (term, chunk, places)
       SELECT * FROM unnest($1::bigint[], $2::integer[], $3::bytea[])
       ON CONFLICT (term, chunk) ${posted} RETURNING 1
     ), words AS (
       INSERT INTO audit_word (dimension, value)
       SELECT * FROM unnest($4::text[], $5::text[]) ON CONFLICT DO NOTHING
     )
     INSERT INTO audit_posted (chunk, first_at, last_at)
     SELECT * FROM unnest($6::integer[], $7::timestamptz[], $8::timestamptz[])
      WHERE (SELECT count(*) FROM postings) = cardinality($1::bigint[])
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
  return rowCount === chunks.length;
}

/** Whole chunks of the log. Only they are indexed: a row of another chunk was not written by the hub and is ignored. */
const isWhole = 'chunk >= 0 AND chunk < (SELECT size / 1024 FROM audit_head WHERE id = 1)';

/** The first chunk that is not indexed: usually the one after the last, or the first removed before it. */
export async function nextChunk(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ next: number }>(
    `SELECT CASE count WHEN behind THEN behind ELSE (
              SELECT min(nth) FROM (
                SELECT chunk, row_number() OVER (ORDER BY chunk) - 1 AS nth FROM audit_posted WHERE ${isWhole}) AS each
               WHERE chunk <> nth) END::integer AS next
       FROM (SELECT count(*), coalesce(max(chunk) + 1, 0) AS behind FROM audit_posted WHERE ${isWhole}) AS posted`,
  );
  return rows[0]?.next ?? 0;
}

/** The number of whole chunks that are not indexed. */
export async function countUnposted(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    `SELECT h.size / 1024 - (SELECT count(*) FROM audit_posted WHERE ${isWhole}) AS count FROM audit_head AS h WHERE id = 1`,
  );
  return Number(rows[0]?.count ?? 0);
}

/** Whether a chunk is not indexed while a later one is. Chunks are written in order, so such a chunk was removed. */
export async function isTakenOut(reader: Reader, chunk: number): Promise<boolean> {
  const { rows } = await reader.query<{ taken: boolean }>(
    `SELECT NOT EXISTS (SELECT FROM audit_posted WHERE chunk = $1)
            AND EXISTS (SELECT FROM audit_posted WHERE chunk > $1 AND ${isWhole}) AS taken`,
    [chunk],
  );
  return rows[0]?.taken ?? false;
}

/** Indexed chunks below a number, ascending. */
export async function postedChunks(
  reader: Reader,
  { first = 0, end }: { readonly first?: number; readonly end: number },
): Promise<PostedChunk[]> {
  const iso = (column: string): string =>
    `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const { rows } = await reader.query<PostedChunk>(
    `SELECT chunk, ${iso('first_at')} AS "firstAt", ${iso('last_at')} AS "lastAt" FROM audit_posted
      WHERE chunk >= $1 AND chunk < $2 AND ${isWhole} ORDER BY chunk`,
    [first, end],
  );
  return rows;
}

/**
 * The indexed chunks from one on, as `first … end − 1`. `first` leaves out those of which every entry is older than a moment; without
 * indexed chunks both are that one.
 * @param since Unix milliseconds
 */
export async function postedSince(
  reader: Reader,
  from: number,
  since: number,
): Promise<{ readonly first: number; readonly end: number }> {
  const { rows } = await reader.query<{ first: number; end: number }>(
    `SELECT coalesce(min(chunk) FILTER (WHERE last_at >= ${momentAt('$2')}), max(chunk) + 1, $1)::integer AS first,
            coalesce(max(chunk) + 1, $1)::integer AS end
       FROM audit_posted WHERE chunk >= $1 AND ${isWhole}`,
    [from, since],
  );
  return rows[0] ?? { first: from, end: from };
}

/** Receives a posting. @param places bytes owned by the driver; the receiver copies those that it retains */
type TakePosting = (term: string, chunk: number, places: Uint8Array) => void;

/** Reports the postings of terms in the chunks `first … end − 1`, unordered. */
export async function eachPosting(
  pool: Pool,
  terms: readonly string[],
  first: number,
  end: number,
  take: TakePosting,
): Promise<void> {
  if (terms.length === 0) return;
  await binaryRows(pool, postingsOf(terms, first, end), eachOf(take));
}

/** The same by the index of the table, also where the server would read the whole table because it is small. */
export async function eachPostingByIndex(
  pool: Pool,
  terms: readonly string[],
  first: number,
  end: number,
  take: TakePosting,
): Promise<void> {
  if (terms.length === 0) return;
  await byIndexes(pool, (snapshot) => copiedRows(snapshot, postingsOf(terms, first, end), eachOf(take)));
}

/**
 * The postings of a term in one row, to be read in binary: three years have tens of thousands.
 * @throws RangeError
 */
function postingsOf(terms: readonly string[], first: number, end: number): string {
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(end)) throw new RangeError('no chunks');
  return `SELECT term, array_agg(chunk), array_agg(places) FROM audit_posting
      WHERE term = ANY ('{${terms.map((term) => BigInt(term)).join(',')}}'::bigint[]) AND chunk >= ${first} AND chunk < ${end}
      GROUP BY term`;
}

const eachOf =
  (take: TakePosting) =>
  ([number, chunks, all]: readonly (Buffer | null)[]): void => {
    if (!number || !chunks || !all) return;
    const term = number.readBigInt64BE(0).toString();
    const own = placesInArray(chunks);
    const places = placesInArray(all);
    for (let nth = 0; nth < own.length; nth += 2)
      take(term, chunks.readInt32BE(own[nth] ?? 0), all.subarray(places[nth], places[nth + 1]));
  };

/** The number of entries of the chunks `first … end − 1` that contain each term: if all of them answer, its postings need not be read. */
export async function countPosted(
  reader: Reader,
  terms: readonly string[],
  first: number,
  end: number,
): Promise<{ readonly term: string; readonly count: number }[]> {
  if (terms.length === 0) return [];
  // two bytes per place while they are few, else a bitmap of 128 bytes
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
