import type { Reader } from '../../../platform/database/reader.ts';
import type { BatchProgress } from './batchRow.ts';

/** Keeps how far a translation is, as long as it is this attempt's. @param owner of its lease */
export async function keepProgress(
  reader: Reader,
  id: string,
  owner: string,
  progress: BatchProgress,
): Promise<void> {
  await reader.query(
    "UPDATE batch SET progress = $3 WHERE id = $1 AND lease_owner = $2 AND state = 'checking'",
    [id, owner, JSON.stringify(progress)],
  );
}
