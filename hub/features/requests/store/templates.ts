/** Templates of requests (申请模板), one row a revision. */
import type { Knex } from 'knex';
import {
  byDepartment,
  bySound,
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import { momentOf, readMoment } from '../../../platform/database/values.ts';
import { sealedRow } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface TemplateRow<Document = object> {
  readonly code: string;
  readonly revision: number;
  readonly document: Document;
  readonly digest: string;
  /** whose data it asks for */
  readonly provider: string;
  readonly datasets: readonly string[];
  /** codes */
  readonly matters: readonly string[];
  /** why it was withdrawn; null while it is available */
  readonly withdrawn: string | null;
}

export interface LiveTemplate<Document = object> extends TemplateRow<Document> {
  /** Unix milliseconds */
  readonly registeredAt: number;
}

export interface TemplatesQuery extends OrderedPage {
  readonly code: string | undefined;
  readonly dataset: string | undefined;
  readonly matter: string | undefined;
  readonly state: 'current' | 'withdrawn' | undefined;
}

const columns = 'code, revision, document, digest, provider, datasets, matters, withdrawn';

/** The live revision of a template. */
export const templateByCode = <Document = object>(
  reader: Reader,
  code: string,
): Promise<TemplateRow<Document> | undefined> =>
  sealedRow<TemplateRow<Document>>(
    reader,
    'request_template',
    `SELECT ${columns} FROM request_template WHERE code = $1 AND NOT superseded`,
    [code],
  );

/** Live revisions by code, each with when it was registered (Unix milliseconds). */
export async function pageTemplates<Document = object>(
  reader: Reader,
  { code, dataset, matter, state, ...page }: TemplatesQuery,
): Promise<PageRows<LiveTemplate<Document>>> {
  return pageRows(
    reader,
    { columns: `${columns}, ${momentOf('registered_at')} AS moment`, order, narrow },
    page,
    ({ moment, ...row }: TemplateRow<Document> & { readonly moment: string }) => ({
      ...row,
      registeredAt: readMoment(moment),
    }),
  );

  function narrow(rows: Knex.QueryBuilder): void {
    if (code !== undefined) rows.where('code', code);
    if (dataset !== undefined) rows.whereRaw('datasets @> ARRAY[?]', [dataset]);
    if (matter !== undefined) rows.whereRaw('matters @> ARRAY[?]', [matter]);
    if (state !== undefined) rows.whereRaw(`withdrawn IS ${state === 'withdrawn' ? 'NOT ' : ''}NULL`);
  }
}

const order: ListOrder = {
  table: 'request_template',
  only: (row) => `NOT ${row}.superseded`,
  id: ['code'],
  sorts: {
    code: itself,
    title: (row) => [bySound(`${row}.document #>> '{title,zh}'`)],
    provider: (row) => [byDepartment(`${row}.provider`)],
    registered: (row) => [`${row}.registered_at`],
  },
  usual: 'code',
};

/** Inserts the next revision, which replaces the live one. @param actingPersons two different persons: the table enforces it */
export async function insertTemplate(
  reader: Reader,
  row: TemplateRow,
  actingPersons: { readonly author: string; readonly approver: string | null },
  exchange: string,
): Promise<void> {
  await reader.query('UPDATE request_template SET superseded = true WHERE code = $1 AND NOT superseded', [
    row.code,
  ]);
  await reader.query(
    `INSERT INTO request_template
       (code, revision, document, digest, provider, datasets, matters, withdrawn, author, approver, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
    [
      ...[row.code, row.revision, JSON.stringify(row.document), row.digest, row.provider, row.datasets],
      ...[row.matters, row.withdrawn, actingPersons.author, actingPersons.approver, exchange],
    ],
  );
}
