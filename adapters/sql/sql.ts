/**
 * Rows of a database cursor. Connections, queries and paging are a job's; here rows become records. Values are made exact: whole and
 * decimal numbers that the driver gives as text stay text, moments keep their offset.
 */
import { Problem } from '../../terms/problem.ts';
import type { JsonSchema } from '../../schemas/datasetSchema.ts';
import { recordProblem } from '../reading/rowRules.ts';
import { tableBatch, type Cell, type Format, type TableBatch } from '../reading/reader.ts';

export const sqlOptionsSchema: JsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'SQL',
  type: 'object',
  additionalProperties: false,
  properties: {},
};

/** Named in mappings; it has no bytes to read. */
export const sql: Format = {
  name: 'sql',
  title: { zh: '数据库游标', en: 'Rows of a database cursor' },
  optionsSchema: sqlOptionsSchema,
  read: () => {
    throw new Problem('format_refused', { found: 'sql', instead: 'csv / json' });
  },
};

/**
 * @param columns names in the order of the cells
 * @param pages rows as arrays, a page of the cursor at a time
 */
export async function* sqlRecords(
  columns: readonly string[],
  pages: AsyncIterable<readonly (readonly unknown[])[]>,
): AsyncGenerator<TableBatch> {
  let number = 0;
  for await (const page of pages) {
    const batch = tableBatch(columns);
    for (const row of page) {
      number += 1;
      const cells = row.map(cellOf);
      if (cells.length !== columns.length) {
        const facts = { expected: columns.length, found: cells.length };
        batch.bad.push({
          line: number,
          problems: [recordProblem(number, 'csv.ragged', `${cells.length} cells`, facts)],
          raw: cells,
        });
        continue;
      }
      batch.records.push(cells);
      batch.lines.push(number);
    }
    yield batch;
  }
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'bigint') return value.toString();
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array)
    return Buffer.from(value.buffer, value.byteOffset, value.length).toString('base64');
  return JSON.parse(JSON.stringify(value)) as Cell;
}
