import { Problem } from '../../../terms/problem.ts';
import { LinesOfRows } from '../../translation/linesOfRows.ts';
import { copyPartsInThreads } from '../../translation/threads/copyPartsInThreads.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { BatchRow } from '../../store/intake/batchRow.ts';
import { keptBytes } from '../keptBytes.ts';
import type { IntakeServices } from '../intake/services.ts';

/**
 * The physical lines of rows of a batch, by its stored bytes, read again: lines of good rows are kept nowhere.
 * @param rows their `_row`
 * @returns ascending; none for rows that came along from another file, nor where the bytes are destroyed
 */
export async function linesOfBatch(
  services: Pick<IntakeServices, 'database' | 'sealer' | 'subjectKey' | 'registry' | 'translators'>,
  { schema, mappings }: LiveDataset,
  batch: BatchRow,
  rows: readonly number[],
): Promise<(row: number) => number> {
  const mapping = mappings.get(batch.mapping ?? '')?.compiled;
  const none = (): number => 0;
  if (mapping === undefined || rows.length === 0) return none;
  const { registry, subjectKey, translators } = services;
  const beside = batch.codePage === null ? {} : { codePage: Buffer.from(batch.codePage, 'utf8') };
  const task = { schema, mapping, subjectKey, codeLists: registry.current.codeLists, beside };
  const lines = new LinesOfRows();
  const furthest = Math.max(...rows);
  try {
    for await (const part of copyPartsInThreads(task, keptBytes(services, batch), 1, translators.threads)) {
      lines.add(part.rows, part.lines);
      if ((part.rows.at(-1) ?? 0) >= furthest) break;
    }
  } catch (error) {
    if (error instanceof Problem && error.code === 'raw_bytes_gone') return none;
    throw error;
  }
  return (row) => lines.of(row);
}
