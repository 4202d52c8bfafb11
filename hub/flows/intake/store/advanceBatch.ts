import type { Reader } from '../../../platform/database/reader.ts';

/** Moves the offset of an open batch. @returns false when it no longer stands at `from`: another part came first */
export async function advanceBatch(
  reader: Reader,
  id: string,
  from: number,
  bytes: number,
): Promise<boolean> {
  const { rowCount } = await reader.query(
    "UPDATE batch SET bytes = bytes + $3, moved_at = now() WHERE id = $1 AND bytes = $2 AND state = 'receiving'",
    [id, from, bytes],
  );
  return rowCount === 1;
}
