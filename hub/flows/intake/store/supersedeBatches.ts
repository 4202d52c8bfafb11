import { batchLife } from '../../../domain/batch.ts';
import { stateAfter, statesBefore } from '../../../domain/lifeCycle.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** The batch that readers saw until now is no longer current. */
export async function supersedeBatches(reader: Reader, dataset: string, current: string): Promise<void> {
  await reader.query(
    'UPDATE batch SET state = $3, superseded_at = now() WHERE dataset = $1 AND state = ANY($4) AND id <> $2',
    [dataset, current, stateAfter(batchLife, 'supersede'), statesBefore(batchLife, 'supersede')],
  );
}
