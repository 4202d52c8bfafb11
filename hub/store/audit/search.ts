/** Finding entries by whom they concern, and by their time. */
import { composer, rowsOf } from '../database/compiled.ts';
import type { Reader } from '../database/reader.ts';

/** Indexes of the entries that concern a subject, ascending. @param tokens of the subject, one a year */
export async function entriesOfTokens(reader: Reader, tokens: readonly Uint8Array[]): Promise<number[]> {
  const { rows } = await reader.query<{ idx: string }>(
    'SELECT DISTINCT idx FROM audit_subject WHERE tokens && $1::bytea[] ORDER BY idx',
    [tokens.map((token) => Buffer.from(token))],
  );
  return rows.map(({ idx }) => Number(idx));
}

/** Those of the entries `first … end − 1` whose time lies in a span. @param from, until RFC 3339; the end is not part of it */
export async function entriesWithin(
  reader: Reader,
  {
    first,
    end,
    from,
    until,
  }: { readonly first: number; readonly end: number; readonly from?: string; readonly until?: string },
): Promise<number[]> {
  const query = composer('audit_entry').select('idx').where('idx', '>=', first).where('idx', '<', end);
  if (from !== undefined) query.whereRaw('at >= ?::timestamptz', [from]);
  if (until !== undefined) query.whereRaw('at < ?::timestamptz', [until]);
  return (await rowsOf<{ idx: string }>(reader, query)).map(({ idx }) => Number(idx));
}

/** Year of the first entry. */
export async function firstYear(reader: Reader): Promise<number | undefined> {
  const { rows } = await reader.query<{ year: string }>(
    'SELECT extract(year FROM at)::text AS year FROM audit_entry ORDER BY idx LIMIT 1',
  );
  return rows[0] === undefined ? undefined : Number(rows[0].year);
}
