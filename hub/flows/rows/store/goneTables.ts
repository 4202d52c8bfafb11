/**
 * Tables of rows that readers of a dataset need, and that do not exist. A table whose digest was removed with it is missed by nothing else: its
 * dataset would look empty, and the next submission would begin a new one.
 */
import { batchTable, datasetTable } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** A table that is not there, with its dataset. */
interface GoneTable {
  readonly dataset: string;
  readonly table: SqlName;
}

/**
 * Of the batch that readers see, or the lasting table of the major version under which the newest batch was published. A dropped table has
 * no readers any more: it is dropped in a later transaction than the one that takes them away. A batch that was never published for the dataset
 * is a finding itself.
 */
export async function goneTables(reader: Reader): Promise<readonly GoneTable[]> {
  const { rows } = await reader.query<{
    dataset: string;
    batch: string;
    mode: string;
    name: string;
    major: number;
  }>(
    `SELECT d.id AS dataset, b.id AS batch, d.mode, bound.name, bound.major
       FROM dataset AS d JOIN batch AS b ON b.id = d.current_batch JOIN schema_version AS bound ON bound.urn = d.schema
       LEFT JOIN schema_version AS of ON of.urn = b.schema_urn
      WHERE d.state <> 'retired' AND b.dataset = d.id AND b.state IN ('published', 'superseded')
        AND (d.mode <> 'upsert' OR (of.name, of.major) = (bound.name, bound.major))`,
  );
  const needed = rows.map(({ dataset, batch, mode, ...schema }) => ({
    dataset,
    table: mode === 'upsert' ? datasetTable(dataset, schema) : batchTable(batch),
  }));
  // reads the catalogue as of the snapshot, which to_regclass does not
  const { rows: there } = await reader.query<{ name: SqlName }>(
    `SELECT format('"rows"."%s"', relname) AS name FROM pg_class
      WHERE relnamespace = 'rows'::regnamespace AND relkind IN ('r', 'p')`,
  );
  const names = new Set(there.map(({ name }) => name));
  return needed.filter(({ table }) => !names.has(table));
}
