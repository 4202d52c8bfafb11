/** Matters (事项), one row per revision. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { Knex } from 'knex';
import {
  bySound,
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../platform/database/pages.ts';
import { momentOf, readMoment } from '../../platform/database/values.ts';
import type { Reader } from '../../platform/database/reader.ts';

export interface MatterRow<Document = object> {
  readonly code: string;
  readonly revision: number;
  readonly document: Document;
  readonly digest: string;
  /** runs of letters and digits of its titles, codes and materials */
  readonly words: string;
  readonly departments: readonly string[];
  /** why it ended; null while it is active */
  readonly ended: string | null;
}

export interface LiveMatter<Document = object> extends MatterRow<Document> {
  /** Unix milliseconds */
  readonly registeredAt: number;
}

export interface MattersQuery extends OrderedPage {
  /** all must occur */
  readonly runs: readonly string[];
  readonly department: string | undefined;
  readonly state: 'current' | 'ended' | undefined;
}

const columns = 'code, revision, document, digest, words, departments, ended';

/** The live revisions of these matters. */
export const mattersByCode = <Document = object>(
  reader: Reader,
  codes: readonly string[],
): Promise<MatterRow<Document>[]> =>
  sealedRows<MatterRow<Document>>(
    reader,
    'matter',
    `SELECT ${columns} FROM matter WHERE code = ANY ($1::text[]) AND NOT superseded ORDER BY code`,
    [codes],
  );

/** Live revisions by code, each with the time of its registration (Unix milliseconds). */
export async function pageMatters<Document = object>(
  reader: Reader,
  { runs, department, state, ...page }: MattersQuery,
): Promise<PageRows<LiveMatter<Document>>> {
  return pageRows(reader, { columns: liveColumns, order, narrow }, page, live<Document>);

  function narrow(rows: Knex.QueryBuilder): void {
    if (department !== undefined) rows.whereRaw('departments @> ARRAY[?]', [department]);
    if (state !== undefined) rows.whereRaw(state === 'ended' ? 'ended IS NOT NULL' : 'ended IS NULL');
    for (const run of runs) rows.whereRaw('position(? in words) > 0', [run]);
  }
}

const order: ListOrder = {
  table: 'matter',
  only: (row) => `NOT ${row}.superseded`,
  id: ['code'],
  sorts: {
    code: itself,
    title: (row) => [bySound(`${row}.document #>> '{title,zh}'`)],
    registered: (row) => [`${row}.registered_at`],
  },
  usual: 'code',
};

/** The live revision of one, with the time of its registration (Unix milliseconds). */
export async function liveMatter<Document = object>(
  reader: Reader,
  code: string,
): Promise<LiveMatter<Document> | undefined> {
  const { rows } = await reader.query<StoredMatter<Document>>(
    `SELECT ${liveColumns} FROM matter WHERE code = $1 AND NOT superseded`,
    [code],
  );
  return rows.map(live<Document>)[0];
}

interface StoredMatter<Document> extends MatterRow<Document> {
  readonly moment: string;
}

const liveColumns = `${columns}, ${momentOf('registered_at')} AS moment`;

const live = <Document>({ moment, ...row }: StoredMatter<Document>): LiveMatter<Document> => ({
  ...row,
  registeredAt: readMoment(moment),
});

/** Inserts the next revision, which replaces the live one. @param actingPersons two persons (table constraint) */
export async function insertMatter(
  reader: Reader,
  row: MatterRow,
  actingPersons: { readonly author: string; readonly approver: string | null },
  exchange: string,
): Promise<void> {
  await reader.query('UPDATE matter SET superseded = true WHERE code = $1 AND NOT superseded', [row.code]);
  await reader.query(
    `INSERT INTO matter (code, revision, document, digest, words, departments, ended, author, approver, registered_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[row.code, row.revision, JSON.stringify(row.document), row.digest, row.words, row.departments],
      ...[row.ended, actingPersons.author, actingPersons.approver, exchange],
    ],
  );
}
