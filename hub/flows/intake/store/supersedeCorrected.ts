import { batchLife } from '../../../domain/batch.ts';
import { stateAfter, statesBefore } from '../../../domain/lifeCycle.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** A held batch whose good rows came out with the mended ones of another one. One that was published is superseded like any other. */
export async function supersedeCorrected(reader: Reader, id: string): Promise<void> {
  await reader.query(
    'UPDATE batch SET state = $2, superseded_at = now(), held_until = NULL WHERE id = $1 AND state = ANY($3)',
    [id, stateAfter(batchLife, 'correct'), statesBefore(batchLife, 'correct')],
  );
}
