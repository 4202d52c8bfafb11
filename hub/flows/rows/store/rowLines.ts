/** The current rows of a lasting table, each as one JSON object by field name. Used by the rebind flow. */
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface RowLines {
  /** JSON objects; PostgreSQL writes the values, so no number loses a digit; an empty one is null */
  readonly lines: readonly string[];
  /** `_row` of the last; undefined where none follow `after` */
  readonly last: string | undefined;
}

/** @param after `_row` of the last one that was read, '0' for the first page @param maxRows at least 1 */
export async function rowLines(
  reader: Reader,
  table: SqlName,
  schema: DatasetSchema,
  after: string,
  maxRows: number,
): Promise<RowLines> {
  const { columns } = layoutOf(schema);
  const cells = columns.map(({ name }, i) => `to_json(${name})::text AS c${i}`);
  const { rows } = await reader.query<Readonly<Record<string, string | null>>>(
    `SELECT _row::text AS at, ${cells.join(', ')} FROM ${table} WHERE _row > $1::bigint ORDER BY _row LIMIT $2`,
    [after, maxRows],
  );
  const lines = rows.map(
    (row) =>
      `{${columns.map(({ field }, i) => `${JSON.stringify(field)}:${row[`c${i}`] ?? 'null'}`).join(',')}}`,
  );
  return { lines, last: rows.at(-1)?.['at'] ?? undefined };
}
