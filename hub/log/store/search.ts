/** Finds entries by their subjects, and by their time. */
import type { Reader } from '../../platform/database/reader.ts';

/**
 * Indexes of the entries that concern a subject, ascending.
 * @param tokens of the subject, one per year
 * @param from index of the first entry that is searched
 */
export async function entriesOfTokens(
  reader: Reader,
  tokens: readonly Uint8Array[],
  from = 0,
): Promise<number[]> {
  const { rows } = await reader.query<{ idx: string }>(
    'SELECT DISTINCT idx FROM audit_subject WHERE tokens && $1::bytea[] AND idx >= $2 ORDER BY idx',
    [tokens.map((token) => Buffer.from(token)), from],
  );
  return rows.map(({ idx }) => Number(idx));
}

/** Times of the present entries among `first … end − 1`, ascending; Unix milliseconds. */
export async function timesBetween(
  reader: Reader,
  first: number,
  end: number,
): Promise<readonly { readonly index: number; readonly at: number }[]> {
  const { rows } = await reader.query<{ idx: string; at: string }>(
    'SELECT idx, extract(epoch FROM at) * 1000 AS at FROM audit_entry WHERE idx >= $1 AND idx < $2 ORDER BY idx',
    [first, end],
  );
  return rows.map(({ idx, at }) => ({ index: Number(idx), at: Number(at) }));
}

/** Year of the first entry. */
export async function firstYear(reader: Reader): Promise<number | undefined> {
  const { rows } = await reader.query<{ year: string }>(
    'SELECT extract(year FROM at)::text AS year FROM audit_entry ORDER BY idx LIMIT 1',
  );
  return rows[0] === undefined ? undefined : Number(rows[0].year);
}
