import type { Reader } from '../../platform/database/reader.ts';

/** Stores a signed checkpoint. The first one of a size is retained. */
export async function storeCheckpoint(reader: Reader, size: number, note: string): Promise<void> {
  await reader.query('INSERT INTO audit_checkpoint (size, note) VALUES ($1, $2) ON CONFLICT DO NOTHING', [
    size,
    note,
  ]);
}

/** The newest stored checkpoints below a size, ascending. */
export async function checkpointsBelow(
  reader: Reader,
  size: number,
  maxCheckpoints: number,
): Promise<{ readonly size: number; readonly note: string }[]> {
  const { rows } = await reader.query<{ size: string; note: string }>(
    'SELECT size, note FROM audit_checkpoint WHERE size > 0 AND size < $1 ORDER BY size DESC LIMIT $2',
    [size, maxCheckpoints],
  );
  return rows.map((row) => ({ size: Number(row.size), note: row.note })).reverse();
}

/** The smallest stored checkpoints above a size, ascending. */
export async function checkpointsAbove(
  reader: Reader,
  size: number,
  maxCheckpoints: number,
): Promise<{ readonly size: number; readonly note: string }[]> {
  const { rows } = await reader.query<{ size: string; note: string }>(
    'SELECT size, note FROM audit_checkpoint WHERE size > $1 ORDER BY size LIMIT $2',
    [size, maxCheckpoints],
  );
  return rows.map((row) => ({ size: Number(row.size), note: row.note }));
}
