import { batchLife } from '../../../domain/batch.ts';
import { stateAfter, statesBefore } from '../../../domain/lifeCycle.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Held batches that came before one which is published now: whoever let them in would put older rows over newer ones. */
export async function overtakeHeld(
  reader: Reader,
  dataset: string,
  current: string,
  exchange: string,
): Promise<void> {
  await reader.query(
    `UPDATE batch SET state = $4, finished_at = now(), held_until = NULL, exchange = $3
      WHERE dataset = $1 AND id < $2 AND state = ANY($5)`,
    [dataset, current, exchange, stateAfter(batchLife, 'overtake'), statesBefore(batchLife, 'overtake')],
  );
}
