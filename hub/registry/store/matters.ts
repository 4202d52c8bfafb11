/** Matters (事项), one row per revision. */
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { Knex } from 'knex';
import { momentOf, readMoment, type Page, composer, rowsOf } from '../../platform/database/values.ts';
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

export interface MattersQuery extends Page {
  /** all must occur */
  readonly runs: readonly string[];
  readonly department: string | undefined;
  readonly state: 'current' | 'ended' | undefined;
}

const columns = 'code, revision, document, digest, words, departments, ended';

/** The live revisions of these matters. */
export async function mattersByCode<Document = object>(
  reader: Reader,
  codes: readonly string[],
): Promise<MatterRow<Document>[]> {
  const rows = await sealedRows<MatterRow<Document>>(
    reader,
    'matter',
    `SELECT ${columns} FROM matter WHERE code = ANY ($1::text[]) AND NOT superseded ORDER BY code`,
    [codes],
  );
  return rows;
}

/** Live revisions by code, each with the time of its registration (Unix milliseconds). */
export async function pageMatters<Document = object>(
  reader: Reader,
  { after, most, runs, department, state }: MattersQuery,
): Promise<LiveMatter<Document>[]> {
  const query = liveOnes();
  if (after !== undefined) query.where('code', '>', after);
  if (department !== undefined) query.whereRaw('departments @> ARRAY[?]', [department]);
  if (state !== undefined) query.whereRaw(state === 'ended' ? 'ended IS NOT NULL' : 'ended IS NULL');
  for (const run of runs) query.whereRaw('position(? in words) > 0', [run]);
  return readLive<Document>(reader, query.orderBy('code').limit(most));
}

/** The live revision of one, with the time of its registration (Unix milliseconds). */
export async function liveMatter<Document = object>(
  reader: Reader,
  code: string,
): Promise<LiveMatter<Document> | undefined> {
  return (await readLive<Document>(reader, liveOnes().where('code', code)))[0];
}

const liveOnes = (): Knex.QueryBuilder =>
  composer('matter')
    .select(composer.raw(`${columns}, ${momentOf('registered_at')} AS moment`))
    .whereRaw('NOT superseded');

async function readLive<Document>(reader: Reader, query: Knex.QueryBuilder): Promise<LiveMatter<Document>[]> {
  const rows = await rowsOf<MatterRow<Document> & { readonly moment: string }>(reader, query);
  return rows.map(({ moment, ...row }) => ({ ...row, registeredAt: readMoment(moment) }));
}

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
