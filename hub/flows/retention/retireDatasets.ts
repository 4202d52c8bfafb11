/** Retire: rows, raw bytes and quarantined rows of datasets that two persons have retired. */
import type { SqlName } from '../../domain/rowTable/names.ts';
import { batchTable, datasetTable } from '../../domain/rowTable/layout.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { retiredDatasets } from '../../registry/store/datasetLists.ts';
import { dropTwin } from '../release/sandbox/store/twinRows.ts';
import { datasetRemains, destroyRemains, dropRowTables } from '../rows/store/remains.ts';
import { changedMeanwhile, type Retirement } from './expire.ts';

/** A retired dataset: the facts for its entry, where it was not logged yet, and its tables, dropped after the entry. */
export interface DatasetEnd {
  readonly retirement: () => Promise<Retirement | undefined>;
  readonly dropTables: () => Promise<void>;
}

/** Every retired dataset: if a hub ended between entry and tables, the next run drops the tables. */
export async function retireDatasets({
  database,
  registry,
}: {
  readonly database: Database;
  readonly registry: Registry;
}): Promise<DatasetEnd[]> {
  await registry.refresh();
  const ends: DatasetEnd[] = [];
  for (const { id, department, mode, schema, currentBatch, gone } of await retiredDatasets(database.app)) {
    const read = registry.current.schemas.get(schema)?.schema;
    const lasting = mode === 'upsert' && read !== undefined ? datasetTable(id, read) : undefined;
    const table = lasting ?? (currentBatch === null ? undefined : batchTable(currentBatch));
    const retirement = async (): Promise<Retirement> => ({
      dataset: id,
      provider: department,
      change: { ...(await datasetRemains(database, id, table)), state: 'retired' },
      work: async (transaction: Transaction) => {
        if (!(await destroyRemains(transaction, id))) throw changedMeanwhile(id);
      },
    });
    ends.push({
      retirement: () => (gone ? Promise.resolve(undefined) : retirement()),
      dropTables: async () => {
        await dropRowTables(database, id, mode === 'upsert' ? lastingTables(registry, id, schema) : []);
        await dropTwin(database.app, id);
      },
    });
  }
  return ends;
}

/** Tables of every major version of its schema: a failed switch, or a very recent one, may have left others. */
function lastingTables({ current }: Registry, dataset: string, bound: string): readonly SqlName[] {
  const name = current.schemas.get(bound)?.schema.name;
  const majors = [...current.schemas.values()].filter(({ schema }) => schema.name === name);
  return [...new Set(majors.map(({ schema }) => datasetTable(dataset, schema)))];
}
