/** Sealed lists of the subjects of an incident. Their bytes are stored with the request for evidence that two persons decide. */
import type { Reader } from '../../platform/database/reader.ts';
import { boundsOf, inRange, rangesOf } from './subjects.ts';

/** A log token, with the number of its entries. */
export interface SubjectOfEntries {
  /** hex */
  readonly token: string;
  /** year of its key */
  readonly year: number;
  readonly entries: number;
}

/**
 * The subjects of these entries, by token; at most `maxSubjects` of them. A person has one token per year. @param atOnce entries that are read at
 * once
 */
export async function subjectsOfEntries(
  reader: Reader,
  indexes: readonly number[],
  maxSubjects: number,
  atOnce?: number,
): Promise<SubjectOfEntries[]> {
  const subjects = new Map<string, SubjectOfEntries>();
  for (const range of rangesOf(indexes, atOnce)) {
    const { rows } = await reader.query<{ token: string; year: number; entries: string }>(
      `SELECT encode(token, 'hex') AS token, min(extract(year FROM e.at AT TIME ZONE 'UTC'))::int AS year, count(*) AS entries
         FROM (SELECT idx, tokens FROM audit_subject WHERE ${inRange}) AS s JOIN audit_entry AS e USING (idx), unnest(s.tokens) AS token
        GROUP BY token`,
      [...boundsOf(range)],
    );
    for (const { token, year, entries } of rows) {
      const before = subjects.get(token) ?? { year, entries: 0 };
      subjects.set(token, {
        token,
        year: Math.min(year, before.year),
        entries: Number(entries) + before.entries,
      });
    }
    if (subjects.size >= maxSubjects) break;
  }
  return [...subjects.values()].sort((a, b) => (a.token < b.token ? -1 : 1)).slice(0, maxSubjects);
}

/** Stores the sealed bytes with the request. */
export async function storeSealed(
  transaction: Reader,
  { id, subjects, sealed }: { readonly id: string; readonly subjects: number; readonly sealed: Uint8Array },
): Promise<void> {
  await transaction.query('UPDATE evidence SET subjects = $2, sealed = $3 WHERE id = $1', [
    ...[id, subjects],
    Buffer.from(sealed),
  ]);
}

/** Undefined if nothing is sealed, or the bytes were deleted. */
export async function sealedBytes(reader: Reader, id: string): Promise<Uint8Array | undefined> {
  const { rows } = await reader.query<{ sealed: Buffer | null }>(
    'SELECT sealed FROM evidence WHERE id = $1',
    [id],
  );
  return rows[0]?.sealed ?? undefined;
}

/** Deletes the bytes of lists that were refused, or made before a moment (Unix milliseconds). */
export async function forgetSealed(reader: Reader, before: number): Promise<void> {
  await reader.query(
    `UPDATE evidence SET sealed = NULL
      WHERE sealed IS NOT NULL AND (state = 'refused' OR asked_at < to_timestamp($1 / 1000.0))`,
    [before],
  );
}
