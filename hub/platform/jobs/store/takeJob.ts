import type { Reader } from '../../database/reader.ts';

/** A job that this process does now. */
export interface TakenJob {
  /** checked in the transaction of every act */
  readonly fencing: number;
  /** where the last run left off, null at first */
  readonly state: unknown;
}

/**
 * Takes a job that nobody does.
 * @param owner uuid of this attempt @param now Unix milliseconds @param lease milliseconds until another process may take it
 * @param early takes it before it is due, too
 * @returns undefined when it is not due, or another process has it
 */
export async function takeJob(
  reader: Reader,
  name: string,
  {
    owner,
    now,
    lease,
    early,
  }: { readonly owner: string; readonly now: number; readonly lease: number; readonly early: boolean },
): Promise<TakenJob | undefined> {
  const take = () =>
    reader.query<{ fencing: string; state: unknown }>(
      `UPDATE job SET owner = $2, fencing = fencing + 1, started_at = to_timestamp($3 / 1000.0),
              lease_until = to_timestamp(($3::double precision + $4) / 1000.0)
        WHERE name = $1 AND ($5 OR due <= to_timestamp($3 / 1000.0))
          AND (owner IS NULL OR lease_until < to_timestamp($3 / 1000.0))
        RETURNING fencing, state`,
      [name, owner, now, lease, early],
    );
  let { rows } = await take();
  if (rows[0] === undefined) {
    // not due, or done elsewhere; or it was never done
    const { rowCount } = await reader.query(
      'INSERT INTO job (name, due) VALUES ($1, to_timestamp($2 / 1000.0)) ON CONFLICT DO NOTHING',
      [name, now],
    );
    if (rowCount === 1) ({ rows } = await take());
  }
  const [row] = rows;
  return row === undefined ? undefined : { fencing: Number(row.fencing), state: row.state };
}
