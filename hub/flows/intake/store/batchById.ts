import type { Reader } from '../../../platform/database/reader.ts';
import { batchColumns, readBatch, type BatchRow, type StoredBatch } from './batchRow.ts';

export async function batchById(reader: Reader, id: string): Promise<BatchRow | undefined> {
  const { rows } = await reader.query<StoredBatch>(`SELECT ${batchColumns} FROM batch WHERE id = $1`, [id]);
  return rows[0] === undefined ? undefined : readBatch(rows[0]);
}
