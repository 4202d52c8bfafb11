import { batchLife, type BatchAct } from '../../../domain/batch.ts';
import { stateAfter, statesBefore } from '../../../domain/lifeCycle.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/**
 * A person's word on a batch, in the transaction of its entry.
 * @param act `restore`: the batch that was current before; `switch`: the one prepared for another version @param person who decides @param exchange id of the entry
 * @returns false when it is not in a state that allows it, or a held one's time is over
 */
export async function decideBatch(
  reader: Reader,
  id: string,
  act: Extract<BatchAct, 'release' | 'drop' | 'restore' | 'switch'>,
  person: string,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    `UPDATE batch SET state = $2, exchange = $3, receipt = NULL, finished_at = now(), held_until = NULL, superseded_at = NULL,
            published_at = CASE WHEN $6 THEN now() ELSE published_at END, approved_by = CASE WHEN $6 THEN $5 ELSE approved_by END
      WHERE id = $1 AND state = ANY($4) AND (held_until IS NULL OR held_until > now())`,
    [id, stateAfter(batchLife, act), exchange, statesBefore(batchLife, act), person, act !== 'drop'],
  );
  if (rowCount !== 1) return false;
  await reader.query('DELETE FROM batch_proposal WHERE batch = $1', [id]);
  return true;
}
