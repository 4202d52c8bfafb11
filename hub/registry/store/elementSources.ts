/** Source departments of elements (数源部门), one row per revision. */
import { refuseUnauthentic } from '../../platform/database/authenticated/rowSealing.ts';
import { allSealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import {
  byDepartment,
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../platform/database/pages.ts';
import { momentOf, narrowed, readMoment } from '../../platform/database/values.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { inSnapshot } from '../../platform/database/transaction.ts';

export interface ElementSourceRow<Document = object> {
  /** a semantic tag */
  readonly element: string;
  readonly revision: number;
  /** code of its source department */
  readonly department: string;
  readonly document: Document;
  readonly digest: string;
  /** codes of other departments that may provide it */
  readonly also: readonly string[];
}

export interface SourcesQuery extends OrderedPage {
  readonly element: string | undefined;
  readonly department: string | undefined;
}

const columns = 'element, revision, department, document, digest, also';

/**
 * The decisions on these elements. An element without one is free, so no row may be missing.
 * @throws Problem rows_unauthenticated where a decision was changed past the hub
 */
export async function sourcesOf(pool: Pool, elements: readonly string[]): Promise<ElementSourceRow[]> {
  if (elements.length === 0) return [];
  // in one snapshot: a decision that is altered after the comparison must not be missing
  return inSnapshot(pool, async (snapshot) => {
    await refuseUnauthentic(snapshot, ['element_source']);
    return allSealedRows<ElementSourceRow>(
      snapshot,
      'element_source',
      `SELECT ${columns} FROM element_source WHERE element = ANY ($1::text[]) AND NOT superseded ORDER BY element`,
      [elements],
    );
  });
}

/** Live revisions by element, each with the time of its registration (Unix milliseconds). */
export async function pageSources<Document = object>(
  reader: Reader,
  { element, department, ...page }: SourcesQuery,
): Promise<PageRows<ElementSourceRow<Document> & { readonly registeredAt: number }>> {
  return pageRows(
    reader,
    {
      columns: `${columns}, ${momentOf('registered_at')} AS moment`,
      order,
      narrow: (rows) => void narrowed(rows, { element, department }),
    },
    page,
    ({ moment, ...row }: ElementSourceRow<Document> & { readonly moment: string }) => ({
      ...row,
      registeredAt: readMoment(moment),
    }),
  );
}

const order: ListOrder = {
  table: 'element_source',
  only: (row) => `NOT ${row}.superseded`,
  id: ['element'],
  sorts: {
    element: itself,
    department: (row) => [byDepartment(`${row}.department`)],
    registered: (row) => [`${row}.registered_at`],
  },
  usual: 'element',
};

/** Inserts the next revision, which replaces the live one. @param actingPersons two persons (table constraint) */
export async function insertSource(
  reader: Reader,
  row: ElementSourceRow,
  actingPersons: { readonly author: string; readonly approver: string | null },
  exchange: string,
): Promise<void> {
  await reader.query('UPDATE element_source SET superseded = true WHERE element = $1 AND NOT superseded', [
    row.element,
  ]);
  await reader.query(
    `INSERT INTO element_source (element, revision, department, document, digest, also, author, approver, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
    [
      ...[row.element, row.revision, row.department, JSON.stringify(row.document), row.digest, row.also],
      ...[actingPersons.author, actingPersons.approver, exchange],
    ],
  );
}
