/** Indexes follow the agreements: what they let callers ask by is indexed in the tables that are read now. */
import { batchTable, datasetTable } from '../domain/rowTable/layout.ts';
import type { Registry } from '../registry/registry.ts';
import type { Database } from '../platform/database/database.ts';
import { isMissingTable } from '../platform/database/failure.ts';
import { datasetById } from '../registry/store/datasets.ts';
import { adjustIndexes } from './rows/store/indexes.ts';
import { partsOf } from './rows/store/periods.ts';
import { queryableColumns } from './queryableColumns.ts';

/** @returns how many were made and dropped */
export async function indexRows(
  { database, registry }: { readonly database: Database; readonly registry: Registry },
  signal: AbortSignal,
): Promise<{ readonly made: number; readonly dropped: number }> {
  await registry.refresh();
  const { datasets, plans } = registry.current;
  const changed = { made: 0, dropped: 0 };
  for (const [id, { schema, row }] of datasets) {
    if (signal.aborted) break;
    const current = (await datasetById(database.app, id))?.currentBatch ?? null;
    if (current === null) continue;
    const table = row.mode === 'upsert' ? datasetTable(id, schema) : batchTable(current);
    const { all } = queryableColumns(plans, { row, schema });
    try {
      for (const part of await partsOf(database.owner, table)) {
        const { made, dropped } = await adjustIndexes(database.owner, part, all);
        changed.made += made;
        changed.dropped += dropped;
      }
    } catch (error) {
      // replaced and swept meanwhile: the next run finds the table that took its place
      if (!isMissingTable(error)) throw error;
    }
  }
  return changed;
}
