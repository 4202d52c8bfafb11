/** Subject rows of entries: salt and tokens that open the leaf's commitment. */
import { saltLength } from '../../../log/commitment.ts';
import { binaryRows, countInArray, eachInArray, int8At } from '../../platform/database/binaryRows.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface SubjectRow {
  readonly index: number;
  readonly salt: Uint8Array;
  readonly tokens: readonly Uint8Array[];
}

/** Receives one row. The driver owns its bytes; the receiver copies those that it retains. */
type TakeSubjects = (row: SubjectRow) => void;

/** Entries whose salts and tokens are returned as one value: for pages of 1,000 persons, about 640 KB. */
const ofScan = 32;
/** Entries per statement: their tokens are processed before the statement ends, and it must end within its timeout. */
const ofStatement = 256;
/** Maximum bytes of the tokens of one entry, as sent; a part of a stream has 160 KB. */
const maxTokens = 2 ** 24;

/**
 * Scans rows of entries `from … to − 1` for callers that read many entries and retain no tokens. A page's entry has 1,000 tokens and a
 * part of a stream 8,000; all of them at once would be gigabytes. An altered row, without a salt or tokens or with too many, is returned
 * without tokens.
 * @throws RangeError
 */
export async function scanSubjects(pool: Pool, from: number, to: number, take: TakeSubjects): Promise<void> {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) throw new RangeError('no entries');
  for (let first = from; first < to; first += ofStatement)
    await binaryRows(
      pool,
      `SELECT string_agg(int8send(idx) ||
         CASE WHEN octet_length(salt) = ${saltLength} AND octet_length(sent) <= ${maxTokens} THEN salt || sent
              ELSE '\\x${'00'.repeat(saltLength)}'::bytea || array_send('{}'::bytea[]) END, ''::bytea)
         FROM (SELECT idx, salt, array_send(tokens) AS sent FROM audit_subject
                WHERE idx >= ${first} AND idx < ${Math.min(first + ofStatement, to)} OFFSET 0) AS s
        GROUP BY idx / ${ofScan}`,
      ([bytes]) => {
        if (bytes) takeEach(bytes, take);
      },
    );
}

/** @param bytes index, salt and tokens, row after row */
function takeEach(bytes: Buffer, take: TakeSubjects): void {
  for (let at = 0; at < bytes.length;) {
    const index = int8At(bytes, at);
    const salted = at + 8 + saltLength;
    const salt = bytes.subarray(at + 8, salted);
    const count = countInArray(bytes, salted);
    const tokens: Uint8Array[] = [];
    at = eachInArray(bytes, salted, (begin, end) => tokens.push(bytes.subarray(begin, end)));
    // a NULL token counts, and is empty
    while (tokens.length < count) tokens.push(new Uint8Array(0));
    take({ index, salt, tokens });
  }
}

/** Entries whose tokens are returned as one value: with 8,000 persons each, as in a part of a stream, about 40 MB. */
const ofValue = 256;

/**
 * Tokens of entries `from … to − 1` by index, one character per byte. Entries without tokens are left out. The caller limits the number of
 * persons.
 */
export async function tokensBetween(
  pool: Pool,
  from: number,
  to: number,
): Promise<ReadonlyMap<number, readonly string[]>> {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) throw new RangeError('no entries');
  const found = new Map<number, readonly string[]>();
  // few values: decoding thousands of arrays would cost more than their processing
  await binaryRows(
    pool,
    `SELECT string_agg(int8send(idx) || array_send(tokens), ''::bytea) FROM audit_subject
      WHERE idx >= ${from} AND idx < ${to} GROUP BY idx / ${ofValue}`,
    ([bytes]) => {
      if (!bytes) return;
      // most entries concern one person: a growing list would allocate space for many
      let tokens: string[] = [];
      const take = (begin: number, end: number): void => {
        const token = bytes.toString('latin1', begin, end);
        if (tokens.length === 0) tokens = [token];
        else tokens.push(token);
      };
      for (let at = 0; at < bytes.length;) {
        const index = int8At(bytes, at);
        tokens = [];
        at = eachInArray(bytes, at + 8, take);
        if (tokens.length > 0) found.set(index, tokens);
      }
    },
  );
  return found;
}

/** Whether one of the entries `from … to − 1` concerns one of these tokens. */
export async function concernsAny(
  reader: Reader,
  from: number,
  to: number,
  tokens: readonly Uint8Array[],
): Promise<boolean> {
  const { rows } = await reader.query(
    'SELECT FROM audit_subject WHERE idx >= $1 AND idx < $2 AND tokens && $3::bytea[] LIMIT 1',
    [from, to, tokens.map((token) => Buffer.from(token))],
  );
  return rows.length > 0;
}

/** Entries whose rows are read at once: a request's statement must end within seconds, and an incident may cover a whole log. */
const slice = 20_000;

/** Ascending ranges that do not overlap: entries between them are read at most once. */
export function* rangesOf(indexes: readonly number[], maxLength = slice): Generator<readonly number[]> {
  const sorted = [...indexes].sort((a, b) => a - b);
  for (let at = 0; at < sorted.length; at += maxLength) yield sorted.slice(at, at + maxLength);
}

/** Conditions for one range: its bounds for the index, then the selected entries between them. */
export const inRange = 'idx BETWEEN $1 AND $2 AND idx = ANY($3::bigint[])';

export const boundsOf = (range: readonly number[]): readonly unknown[] => [range[0], range.at(-1), range];

/** The number of distinct log tokens of these entries: a person has one per year. @param maxLength entries that are read at once */
export async function countSubjects(
  reader: Reader,
  indexes: readonly number[],
  maxLength?: number,
): Promise<number> {
  const tokens = new Set<string>();
  for (const range of rangesOf(indexes, maxLength)) {
    const { rows } = await reader.query<{ token: Buffer }>(
      `SELECT DISTINCT token FROM audit_subject, unnest(tokens) AS token WHERE ${inRange}`,
      [...boundsOf(range)],
    );
    for (const { token } of rows) tokens.add(token.toString('latin1'));
  }
  return tokens.size;
}
