/** Stored readings of a dataset with a time field, in the order of their time. */
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { datasetTable, type Column } from '../../../domain/rowTable/layout.ts';
import type { Series } from '../../../domain/timeField.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { isMissingTable } from '../../../platform/database/failure.ts';
import { longStatement } from '../../../platform/database/connection.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';

export interface StoredReading {
  /** JSON list of the values of the key without the time */
  readonly series: string;
  readonly time: string;
  readonly values: readonly (number | null)[];
}

export interface RequestedReadings {
  readonly dataset: string;
  readonly schema: DatasetSchema;
  readonly series: Series;
  readonly values: readonly Column[];
  /** in the format of the rows; `until` is exclusive */
  readonly from: string;
  readonly until: string;
  readonly maxRows: number;
}

export async function readingsBetween(
  pool: Pool,
  requested: RequestedReadings,
): Promise<readonly StoredReading[]> {
  const { dataset, schema, series, values, from, until, maxRows } = requested;
  const list = (columns: readonly Column[]): string =>
    columns.length === 0 ? `'[]'::json` : `json_build_array(${columns.map(({ name }) => name).join(', ')})`;
  const time = series.time.name;
  try {
    const { rows } = await withTransaction(pool, (transaction) =>
      longStatement<StoredReading>(
        transaction,
        `SELECT ${list(series.keys)}::text AS series, ${time} AS time, ${list(values)} AS values
           FROM ${datasetTable(dataset, schema)} WHERE ${time} >= $1 AND ${time} < $2 ORDER BY ${time}, _row LIMIT $3`,
        [from, until, maxRows],
      ),
    );
    return rows;
  } catch (error) {
    if (isMissingTable(error)) return [];
    throw error;
  }
}
