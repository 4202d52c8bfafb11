import { Problem } from '../../../../terms/problem.ts';
import { LinesOfRows } from '../translation/linesOfRows.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import type { BatchRow } from '../store/batches.ts';
import { partsAgain, type RereadServices } from './partsAgain.ts';

/**
 * The physical lines of a batch's rows, found by reading its stored bytes again: the lines of good rows are not stored.
 * @param rows their `_row`
 * @returns ascending; none for rows taken over from another file, nor where the bytes are destroyed
 */
export async function linesOfBatch(
  services: RereadServices,
  dataset: LiveDataset,
  batch: BatchRow,
  rows: readonly number[],
): Promise<(row: number) => number> {
  const mapping = dataset.mappings.get(batch.mapping ?? '')?.compiled;
  const none = (): number => 0;
  if (mapping === undefined || rows.length === 0) return none;
  const lines = new LinesOfRows();
  const furthest = Math.max(...rows);
  try {
    for await (const part of partsAgain(services, dataset, mapping, batch)) {
      lines.add(part.rows, part.lines);
      if ((part.rows.at(-1) ?? 0) >= furthest) break;
    }
  } catch (error) {
    if (error instanceof Problem && error.code === 'raw_bytes_gone') return none;
    throw error;
  }
  return (row) => lines.of(row);
}
