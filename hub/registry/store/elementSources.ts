/** Source departments of elements (数源部门), one row per revision. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import { momentOf, readMoment, type Page, composer, rowsOf } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

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

export interface SourcesQuery extends Page {
  readonly element: string | undefined;
  readonly department: string | undefined;
}

const columns = 'element, revision, department, document, digest, also';

/** The decisions on these elements. */
export async function sourcesOf(reader: Reader, elements: readonly string[]): Promise<ElementSourceRow[]> {
  const rows = await sealedRows<ElementSourceRow>(
    reader,
    'element_source',
    `SELECT ${columns} FROM element_source WHERE element = ANY ($1::text[]) AND NOT superseded ORDER BY element`,
    [elements],
  );
  return rows;
}

/** Live revisions by element, each with the time of its registration (Unix milliseconds). */
export async function pageSources<Document = object>(
  reader: Reader,
  { after, most, element, department }: SourcesQuery,
): Promise<(ElementSourceRow<Document> & { readonly registeredAt: number })[]> {
  const query = composer('element_source')
    .select(composer.raw(`${columns}, ${momentOf('registered_at')} AS moment`))
    .whereRaw('NOT superseded');
  if (after !== undefined) query.where('element', '>', after);
  if (element !== undefined) query.where('element', element);
  if (department !== undefined) query.where('department', department);
  const rows = await rowsOf<ElementSourceRow<Document> & { readonly moment: string }>(
    reader,
    query.orderBy('element').limit(most),
  );
  return rows.map(({ moment, ...row }) => ({ ...row, registeredAt: readMoment(moment) }));
}

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
