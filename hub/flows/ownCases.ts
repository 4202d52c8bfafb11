/** Cases about one person, as they are stored: for the person themselves (`intake.cases.subjectFields`). */
import { datasetTable, layoutOf } from '../domain/rowTable/layout.ts';
import { isMissingTable } from '../platform/database/failure.ts';
import type { Statements } from '../platform/database/untilAborted.ts';
import type { LiveDataset } from '../registry/snapshot.ts';
import { caseRow, type CaseRow } from './caseRow.ts';
import { fetchRows, type Position } from './rows/store/fetch.ts';
import type { Sealer } from './rows/store/sealedParts.ts';

/** A page of a person's cases in one dataset. */
export interface OwnCases {
  readonly cases: readonly CaseRow[];
  /** where it ended; undefined: there are no more */
  readonly next: Position | undefined;
}

/**
 * Rows whose subject is this person, the highest key first, each compared with its newest version.
 * @param page.identifier full value of the subject field
 * @param page.after where the page before ended
 * @param page.most maximum number of rows, at least one
 * @throws Problem rows_unauthenticated, sealed_bytes_damaged where a row or version was altered
 */
export async function ownCases(
  pool: Statements,
  sealer: Sealer,
  dataset: LiveDataset,
  page: {
    readonly identifier: string;
    readonly after: Position | undefined;
    readonly maxCases: number;
  },
): Promise<OwnCases> {
  const { row, schema } = dataset;
  if (schema.subject?.kind !== 'person') return { cases: [], next: undefined };
  const layout = layoutOf(schema);
  const named = { field: schema.subject.field, op: 'eq' as const, value: page.identifier };
  const query = {
    table: datasetTable(row.id, schema),
    layout,
    columns: layout.key,
    conditions: [named],
    sort: layout.key.map((column) => ({ column, descending: true })),
    after: page.after,
    limit: page.maxCases + 1,
    dataset: undefined,
  };
  const cases: CaseRow[] = [];
  try {
    const { rows } = await fetchRows(pool, query);
    const shown = rows.slice(0, page.maxCases);
    for (const { record } of shown) {
      const found = await caseRow(pool, sealer, dataset, { key: record, conditions: [named] });
      if (found !== undefined) cases.push(found);
    }
    return { cases, next: rows.length > page.maxCases ? shown.at(-1)?.position : undefined };
  } catch (error) {
    // no case has arrived yet
    if (!isMissingTable(error)) throw error;
    return { cases, next: undefined };
  }
}
