/** Subject rows beside entries: salt and tokens that open the leaf's commitment. */
import { binaryRows, eachInArray, int8At } from '../database/binaryRows.ts';
import type { Pool } from '../database/database.ts';
import type { Reader } from '../database/reader.ts';

export interface SubjectRow {
  readonly index: number;
  readonly salt: Uint8Array;
  readonly tokens: readonly Uint8Array[];
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

/** Rows of entries `from … to − 1`. An entry may have none any more: they are deletable. */
export async function subjectsBetween(reader: Reader, from: number, to: number): Promise<SubjectRow[]> {
  const { rows } = await reader.query<{ idx: string; salt: Buffer; tokens: Buffer[] }>(
    'SELECT idx, salt, tokens FROM audit_subject WHERE idx >= $1 AND idx < $2',
    [from, to],
  );
  return rows.map(({ idx, salt, tokens }) => ({ index: Number(idx), salt, tokens }));
}
