import type { Reader } from '../database/reader.ts';

/** How many different log tokens stand beside these entries: a person has one a year. */
export async function countSubjects(reader: Reader, indexes: readonly number[]): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    `SELECT count(DISTINCT token) FROM audit_subject, unnest(tokens) AS token WHERE idx = ANY($1::bigint[])`,
    [[...indexes]],
  );
  return Number(rows[0]?.count ?? 0);
}
