/** Rebind: the rows of a dataset where they lie, as another version of its schema reads them. */
import { datasetTable, type Column } from '../../../domain/rowTable/layout.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { DatasetRow } from '../../../registry/store/datasets.ts';
import { addColumns } from '../../rows/store/addColumns.ts';
import { rowTablesOf } from '../../rows/store/rowTablesOf.ts';

/**
 * Adds the columns of the other version, empty, to every table of the dataset. Readers go on; nobody sees them before the dataset is
 * bound to that version, and a hub that ends in between leaves nothing but empty columns.
 */
export async function widenRows(
  database: Database,
  { id, mode }: Pick<DatasetRow, 'id' | 'mode'>,
  to: DatasetSchema,
  added: readonly Column[],
): Promise<void> {
  const tables = await rowTablesOf(database.owner, id);
  if (mode === 'upsert') tables.push(datasetTable(id, to));
  for (const table of tables) await addColumns(database, table, added);
}
