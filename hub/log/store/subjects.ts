/** Subject rows beside entries: salt and tokens that open the leaf's commitment. */
import { saltLength } from '../../../log/commitment.ts';
import { binaryRows, countInArray, eachInArray, int8At } from '../../platform/database/binaryRows.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface SubjectRow {
  readonly index: number;
  readonly salt: Uint8Array;
  readonly tokens: readonly Uint8Array[];
}

/** Takes one row. Its bytes are the driver's own, to be copied by whoever keeps them. */
type TakeSubjects = (row: SubjectRow) => void;

/** Entries whose salts and tokens come as one value: of pages of 1,000 persons, some 640 KB. */
const ofScan = 32;
/** Entries that one statement asks for: what is done with their tokens is done before it ends, and it must end in time. */
const ofStatement = 256;
/** Bytes of the tokens of one entry, as they are sent; a part of a stream has 160 KB. */
const maxTokens = 2 ** 24;

/**
 * Rows of entries `from … to − 1`, for whoever goes through many entries and keeps none of their tokens: a page's entry has a thousand, a part's
 * of a stream 8,000, and all of them at once would be gigabytes. A row that no entry ever had, without a salt or tokens or with too many,
 * comes as one without tokens: somebody altered it.
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

/** @param bytes index, salt and tokens, row behind row */
function takeEach(bytes: Buffer, take: TakeSubjects): void {
  for (let at = 0; at < bytes.length;) {
    const index = int8At(bytes, at);
    const salted = at + 8 + saltLength;
    const salt = bytes.subarray(at + 8, salted);
    const count = countInArray(bytes, salted);
    const tokens: Uint8Array[] = [];
    at = eachInArray(bytes, salted, (begin, end) => tokens.push(bytes.subarray(begin, end)));
    // one that is NULL counts, and is no token
    while (tokens.length < count) tokens.push(new Uint8Array(0));
    take({ index, salt, tokens });
  }
}

/** Entries whose tokens come as one value: of 8,000 persons each, as a part of a stream has them, some 40 MB. */
const ofValue = 256;

/**
 * Tokens of entries `from … to − 1`, a sign each byte, by index. Those without any are not in it. Whoever asks bounds how many persons they
 * may be.
 */
export async function tokensBetween(
  pool: Pool,
  from: number,
  to: number,
): Promise<ReadonlyMap<number, readonly string[]>> {
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to)) throw new RangeError('no entries');
  const found = new Map<number, readonly string[]>();
  // few values: of thousands of arrays their reading would cost more than what is done with them
  await binaryRows(
    pool,
    `SELECT string_agg(int8send(idx) || array_send(tokens), ''::bytea) FROM audit_subject
      WHERE idx >= ${from} AND idx < ${to} GROUP BY idx / ${ofValue}`,
    ([bytes]) => {
      if (!bytes) return;
      // most entries concern one person: a list that grows would have room for many
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

/** Entries whose rows are read at once: a statement of a request ends within seconds, and an incident may be of a whole log. */
const slice = 20_000;

/** Ascending stretches, none of which reaches into another: whatever lies between them is read once at most. */
export function* rangesOf(indexes: readonly number[], most = slice): Generator<readonly number[]> {
  const sorted = [...indexes].sort((a, b) => a - b);
  for (let at = 0; at < sorted.length; at += most) yield sorted.slice(at, at + most);
}

/** Conditions for one stretch: its bounds for the index, then which of the entries between them. */
export const inRange = 'idx BETWEEN $1 AND $2 AND idx = ANY($3::bigint[])';

export const boundsOf = (range: readonly number[]): readonly unknown[] => [range[0], range.at(-1), range];

/** How many different log tokens stand beside these entries: a person has one a year. @param most entries that are read at once */
export async function countSubjects(
  reader: Reader,
  indexes: readonly number[],
  most?: number,
): Promise<number> {
  const tokens = new Set<string>();
  for (const range of rangesOf(indexes, most)) {
    const { rows } = await reader.query<{ token: Buffer }>(
      `SELECT DISTINCT token FROM audit_subject, unnest(tokens) AS token WHERE ${inRange}`,
      [...boundsOf(range)],
    );
    for (const { token } of rows) tokens.add(token.toString('latin1'));
  }
  return tokens.size;
}
