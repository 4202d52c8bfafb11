import type { Reader } from '../../../platform/database/reader.ts';

/** Of the batches under way, everybody's. */
export interface BytesToCome {
  /** bytes that open batches declared and have not sent */
  readonly declared: number;
  /** bytes that have come and are not loaded yet */
  readonly unloaded: number;
}

/** An open batch of which nothing has come for so long keeps no room from others. */
const quiet = '1 hour';

/** As they stand now. */
export async function bytesToCome(reader: Reader): Promise<BytesToCome> {
  const { rows } = await reader.query<{ declared: string; unloaded: string }>(
    `SELECT coalesce(sum(greatest(declared - bytes, 0)) FILTER (WHERE state = 'receiving'), 0) AS declared,
        coalesce(sum(bytes), 0) AS unloaded
      FROM batch WHERE state = 'checking' OR (state = 'receiving' AND moved_at > now() - interval '${quiet}')`,
  );
  return { declared: Number(rows[0]?.declared), unloaded: Number(rows[0]?.unloaded) };
}

/** Counted under a lock that the transaction keeps, so that batches opened at once count each other. */
export async function countedInTurn(transaction: Reader): Promise<BytesToCome> {
  await transaction.query("SELECT pg_advisory_xact_lock(hashtext('bytes to come'))");
  return bytesToCome(transaction);
}
