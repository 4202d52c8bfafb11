/** Finding entries by their columns, and by whom they concern. */
import type { Reader } from './reader.ts';

export interface EntryFilter {
  /** RFC 3339, first moment */
  readonly from?: string;
  /** RFC 3339, the moment after the last */
  readonly until?: string;
  readonly operation?: string;
  readonly kind?: string;
  readonly decision?: string;
  readonly code?: string;
  /** also the department of an entry that has neither consumer nor provider of its own */
  readonly consumer?: string;
  readonly provider?: string;
  /** consumer or provider */
  readonly department?: string;
  readonly dataset?: string;
  /** log tokens of one subject, one a year */
  readonly tokens?: readonly Uint8Array[];
}

/**
 * Indexes of the entries that match, newest first.
 * @param before only entries below this index
 */
export async function searchIndexes(
  reader: Reader,
  filter: EntryFilter,
  before: number,
  limit: number,
): Promise<number[]> {
  const values: unknown[] = [before];
  const place = (value: unknown): string => `$${values.push(value)}`;
  const conditions = ['idx < $1'];
  const { from, until, department, tokens } = filter;
  if (tokens !== undefined) {
    conditions.push(`idx IN (SELECT idx FROM audit_subject WHERE tokens && ${place(tokens)}::bytea[])`);
  }
  if (from !== undefined) conditions.push(`at >= ${place(from)}::timestamptz`);
  if (until !== undefined) conditions.push(`at < ${place(until)}::timestamptz`);
  if (department !== undefined) {
    const one = place(department);
    conditions.push(`(consumer = ${one} OR provider = ${one})`);
  }
  for (const name of ['consumer', 'provider', 'dataset', 'decision', 'code'] as const) {
    if (filter[name] !== undefined) conditions.push(`${name} = ${place(filter[name])}`);
  }
  // not columns: read from the leaf of what the others have left
  for (const name of ['operation', 'kind'] as const) {
    if (filter[name] !== undefined) {
      conditions.push(`convert_from(leaf, 'UTF8')::jsonb ->> '${name}' = ${place(filter[name])}`);
    }
  }
  const { rows } = await reader.query<{ idx: string }>(
    `SELECT idx FROM audit_entry WHERE ${conditions.join(' AND ')} ORDER BY idx DESC LIMIT ${place(limit)}`,
    values,
  );
  return rows.map((row) => Number(row.idx));
}

/** Year of the first entry. */
export async function firstYear(reader: Reader): Promise<number | undefined> {
  const { rows } = await reader.query<{ year: string }>(
    'SELECT extract(year FROM at)::text AS year FROM audit_entry ORDER BY idx LIMIT 1',
  );
  return rows[0] === undefined ? undefined : Number(rows[0].year);
}
