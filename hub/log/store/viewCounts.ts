/** Counts of reads without personal data, by day, person and operation (table `view_count`). */
import type { Knex } from 'knex';
import {
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../platform/database/pages.ts';
import { narrowed } from '../../platform/database/values.ts';
import { sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { Pool } from '../../platform/database/database.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { inSnapshot, type Transaction } from '../../platform/database/transaction.ts';

export interface ViewKey {
  /** YYYY-MM-DD in the calendar of China */
  readonly day: string;
  /** id of the person */
  readonly person: string;
  readonly operation: string;
}

export interface Viewed extends ViewKey {
  /** where the person works; null in the data office */
  readonly department: string | null;
  readonly views: number;
}

export interface ViewCountRow extends Viewed {
  /** id of the log entry that has this count; null: not in the log yet */
  readonly entry: string | null;
}

/** Adds to the counts. A count that the log has already is logged again, with its new value. @param added each key once */
export async function addViews(transaction: Transaction, added: readonly Viewed[]): Promise<void> {
  await transaction.query(
    `INSERT INTO view_count (day, person, operation, department, views)
     SELECT * FROM unnest($1::date[], $2::text[], $3::text[], $4::text[], $5::integer[]) ORDER BY 1, 2, 3
     ON CONFLICT (day, person, operation) DO UPDATE
        SET views = view_count.views + excluded.views, department = excluded.department, entry = NULL`,
    [
      added.map(({ day }) => day),
      added.map(({ person }) => person),
      added.map(({ operation }) => operation),
      added.map(({ department }) => department),
      added.map(({ views }) => views),
    ],
  );
}

/** The state_epoch of the log, as committed. */
export async function committedEpoch(transaction: Transaction): Promise<number> {
  const { rows } = await transaction.query<{ epoch: string }>(
    'SELECT state_epoch AS epoch FROM audit_head WHERE id = 1',
  );
  return Number(rows[0]?.epoch ?? -1);
}

export interface PersonDay {
  readonly day: string;
  readonly person: string;
}

/** Persons with counts of earlier days that the log does not have, the oldest first. @param before first day that is left out */
export async function unloggedDays(
  reader: Reader,
  before: string,
  after: PersonDay | undefined,
  maxRows: number,
): Promise<PersonDay[]> {
  const { rows } = await reader.query<PersonDay>(
    `SELECT DISTINCT day::text AS day, person FROM view_count
      WHERE entry IS NULL AND day < $1::date AND (day, person) > ($2::date, $3::text)
      ORDER BY 1, 2 LIMIT $4`,
    [before, after?.day ?? '-infinity', after?.person ?? '', maxRows],
  );
  return rows;
}

const columns = 'day::text AS day, person, operation, department, views, entry';

/** All counts of a person on a day, without those that were changed past the hub. */
export const countsOf = (reader: Reader, { day, person }: PersonDay): Promise<ViewCountRow[]> =>
  sealedRows<ViewCountRow>(
    reader,
    'view_count',
    `SELECT ${columns} FROM view_count WHERE day = $1::date AND person = $2 ORDER BY operation`,
    [day, person],
  );

/** Records the entry that has these counts. @returns false where one of them has changed since */
export async function noteLogged(
  transaction: Transaction,
  counts: readonly ViewCountRow[],
  entry: string,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `UPDATE view_count AS v SET entry = $1
       FROM unnest($2::date[], $3::text[], $4::text[], $5::integer[]) AS c (day, person, operation, views)
      WHERE (v.day, v.person, v.operation, v.views) = (c.day, c.person, c.operation, c.views)`,
    [
      entry,
      counts.map(({ day }) => day),
      counts.map(({ person }) => person),
      counts.map(({ operation }) => operation),
      counts.map(({ views }) => views),
    ],
  );
  return rowCount === counts.length;
}

/** Deletes counts of days before one that the log has. */
export async function forgetLogged(reader: Reader, before: string): Promise<void> {
  await reader.query('DELETE FROM view_count WHERE day < $1::date AND entry IS NOT NULL', [before]);
}

export interface ViewsFilter {
  readonly person: string | undefined;
  /** first and last day */
  readonly from: string | undefined;
  readonly until: string | undefined;
  /** departments where the persons work; undefined: all, and the data office */
  readonly departments: readonly string[] | undefined;
}

/** A count as stored, and whether the hub stored it as it is. */
export interface ShownCount extends ViewCountRow {
  readonly isAuthentic: boolean;
}

/** A page of counts, the newest day first where no order is named. @param page its cursor has day, person and operation */
export async function pageViews(
  pool: Pool,
  { person, from, until, departments, ...page }: ViewsFilter & OrderedPage,
): Promise<PageRows<ShownCount>> {
  const list = { columns, order, permit, narrow };
  // a count that changes between the two statements would appear as altered
  const { found, authentic } = await inSnapshot(pool, async (snapshot) => {
    const counts = await pageRows(snapshot, list, page, (row: ViewCountRow) => row);
    return { found: counts, authentic: await authenticCounts(snapshot, counts.rows) };
  });
  const exact = new Set(authentic.map((row) => JSON.stringify(row)));
  const rows = found.rows.map((row) => ({ ...row, isAuthentic: exact.has(JSON.stringify(row)) }));
  return { ...found, rows };

  function permit(rows: Knex.QueryBuilder): void {
    if (departments !== undefined) rows.whereRaw('department = ANY (?::text[])', [[...departments]]);
  }
  function narrow(rows: Knex.QueryBuilder): void {
    narrowed(rows, { person });
    if (from !== undefined) rows.whereRaw('day >= ?::date', [from]);
    if (until !== undefined) rows.whereRaw('day <= ?::date', [until]);
  }
}

/** Those of the counts that the hub stored as they are. */
const authenticCounts = (reader: Reader, counts: readonly ViewKey[]): Promise<ViewCountRow[]> =>
  sealedRows<ViewCountRow>(
    reader,
    'view_count',
    `SELECT ${columns} FROM view_count
      WHERE (day, person, operation) IN (SELECT * FROM unnest($1::date[], $2::text[], $3::text[]))`,
    [
      counts.map(({ day }) => day),
      counts.map(({ person }) => person),
      counts.map(({ operation }) => operation),
    ],
  );

/** A count of an ended day is deleted some time after it was logged: a cursor has the values of its place. */
const order: ListOrder = {
  table: 'view_count',
  id: ['day', 'person', 'operation'],
  sorts: { day: itself },
  usual: '-day',
  hasValues: true,
  showsAltered: true,
};
