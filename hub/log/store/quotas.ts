import type { Reader } from '../../platform/database/reader.ts';

/** Calls that durable entries have taken from a counter on a day (`YYYY-MM-DD`). */
export async function callsTaken(reader: Reader, counter: string, day: string): Promise<number> {
  const { rows } = await reader.query<{ calls: string }>(
    'SELECT calls FROM agreement_quota WHERE agreement = $1 AND day = $2',
    [counter, day],
  );
  return Number(rows[0]?.calls ?? 0);
}

/**
 * Deletes counters of days before one (`YYYY-MM-DD`), which are no longer read; those of facts contain a subject's token. @returns number
 * deleted
 */
export async function forgetQuotas(reader: Reader, before: string): Promise<number> {
  const { rows } = await reader.query<{ gone: string }>(
    'WITH gone AS (DELETE FROM agreement_quota WHERE day < $1 RETURNING 1) SELECT count(*) AS gone FROM gone',
    [before],
  );
  return Number(rows[0]?.gone ?? 0);
}
