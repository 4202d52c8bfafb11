import type { Reader } from '../../../platform/database/reader.ts';

/** What a department has opened and neither committed nor let expire. */
export interface OpenBatches {
  readonly batches: number;
  /** raw bytes kept for them, or declared where that is more */
  readonly bytes: number;
}

/** Counted under a lock that the transaction keeps, so that calls at once count each other. */
export async function openBatches(transaction: Reader, department: string): Promise<OpenBatches> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtext('open batches'), hashtext($1))", [
    department,
  ]);
  const { rows } = await transaction.query<{ batches: string; bytes: string }>(
    "SELECT count(*) AS batches, coalesce(sum(greatest(bytes, declared)), 0) AS bytes FROM batch WHERE department = $1 AND state = 'receiving'",
    [department],
  );
  return { batches: Number(rows[0]?.batches), bytes: Number(rows[0]?.bytes) };
}
