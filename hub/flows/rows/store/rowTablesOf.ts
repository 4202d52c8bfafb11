import { batchTable } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** Tables of the batches of a dataset that are there. */
export async function rowTablesOf(reader: Reader, dataset: string): Promise<SqlName[]> {
  const { rows } = await reader.query<{ id: string }>(
    `SELECT b.id FROM batch AS b WHERE b.dataset = $1
        AND EXISTS (SELECT 1 FROM pg_class WHERE relnamespace = 'rows'::regnamespace AND relname = 'b_' || replace(b.id::text, '-', ''))`,
    [dataset],
  );
  return rows.map(({ id }) => batchTable(id));
}
