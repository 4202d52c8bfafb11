import type { Reader } from '../../platform/database/reader.ts';

/** Calls that durable entries have taken from a counter on a day (`YYYY-MM-DD`). */
export async function callsTaken(reader: Reader, counter: string, day: string): Promise<number> {
  const { rows } = await reader.query<{ calls: string }>(
    'SELECT calls FROM agreement_quota WHERE agreement = $1 AND day = $2',
    [counter, day],
  );
  return Number(rows[0]?.calls ?? 0);
}
