/** Cases about one person, as they are stored: for the person themselves (`intake.cases.subjectFields`). */
import { datasetTable, layoutOf } from '../domain/rowTable/layout.ts';
import { isMissingTable } from '../platform/database/failure.ts';
import type { Statements } from '../platform/database/untilAborted.ts';
import type { LiveDataset } from '../registry/snapshot.ts';
import { caseRow, type CaseRow } from './caseRow.ts';
import { fetchRows } from './rows/store/fetch.ts';
import type { Sealer } from './rows/store/sealedParts.ts';

/**
 * Rows whose subject is this person, the highest key first, each compared with its newest version.
 * @param identifier full value of the subject field
 * @throws Problem rows_unauthenticated, sealed_bytes_damaged where a row or version was altered
 */
export async function ownCases(
  pool: Statements,
  sealer: Sealer,
  dataset: LiveDataset,
  { identifier, limit }: { readonly identifier: string; readonly limit: number },
): Promise<readonly CaseRow[]> {
  const { row, schema } = dataset;
  if (schema.subject?.kind !== 'person') return [];
  const layout = layoutOf(schema);
  const named = { field: schema.subject.field, op: 'eq' as const, value: identifier };
  const query = {
    table: datasetTable(row.id, schema),
    layout,
    columns: layout.key,
    conditions: [named],
    sort: layout.key.map((column) => ({ column, descending: true })),
    after: undefined,
    limit,
    dataset: undefined,
  };
  const cases: CaseRow[] = [];
  try {
    for (const { record } of (await fetchRows(pool, query)).rows) {
      const found = await caseRow(pool, sealer, dataset, { key: record, conditions: [named] });
      if (found !== undefined) cases.push(found);
    }
  } catch (error) {
    // no case has arrived yet
    if (!isMissingTable(error)) throw error;
  }
  return cases;
}
