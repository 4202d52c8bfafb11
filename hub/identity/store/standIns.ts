/** Stores the deputies and permanent seconds of stewards. */
import type { Knex } from 'knex';
import { sealedRow, sealedRows } from '../../platform/database/authenticated/sealedRows.ts';
import type { StandIn } from '../../domain/standIn.ts';
import { pageRows, type ListOrder, type OrderedPage, type PageRows } from '../../platform/database/pages.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { momentAt, narrowed } from '../../platform/database/values.ts';

export interface StandInRow extends StandIn {
  readonly why: string;
  readonly digest: string;
  /** ids of persons */
  readonly author: string;
  readonly approver: string;
}

/** The columns of a `StandInRow`. */
const standInColumns = `id, kind, steward, person, department, why, digest, author, approver, ended_by IS NOT NULL AS ended,
  (extract(epoch FROM begins) * 1000)::double precision AS begins,
  (extract(epoch FROM until) * 1000)::double precision AS until`;

export const standInById = (reader: Reader, id: string): Promise<StandInRow | undefined> =>
  sealedRow<StandInRow>(reader, 'stand_in', `SELECT ${standInColumns} FROM stand_in WHERE id = $1`, [id]);

/** Those that were not ended, expired ones included; the earliest first. */
export const listStandIns = (reader: Reader): Promise<StandInRow[]> =>
  sealedRows<StandInRow>(
    reader,
    'stand_in',
    `SELECT ${standInColumns} FROM stand_in WHERE ended_by IS NULL ORDER BY begins, id`,
  );

/**
 * Stores a stand-in. It replaces one that ended or expired.
 * @throws the database's unique violation where the steward has another permanent second
 */
export async function putStandIn(
  transaction: Reader,
  row: Omit<StandInRow, 'ended'>,
  exchange: string,
): Promise<void> {
  const { id, kind, steward, person, department, begins, until, why, digest, author, approver } = row;
  await transaction.query(
    `INSERT INTO stand_in (id, kind, steward, person, department, begins, until, why, digest, author, approver, exchange)
     VALUES ($1, $2, $3, $4, $5, to_timestamp($6 / 1000.0), to_timestamp($7 / 1000.0), $8, $9, $10, $11, $12)
     ON CONFLICT (id) DO UPDATE SET begins = EXCLUDED.begins, until = EXCLUDED.until, why = EXCLUDED.why, digest = EXCLUDED.digest,
       author = EXCLUDED.author, approver = EXCLUDED.approver, exchange = EXCLUDED.exchange, ended_by = NULL, reason = NULL`,
    [...[id, kind, steward, person, department, begins, until], ...[why, digest, author, approver, exchange]],
  );
}

/** @returns false when it was ended before */
export async function endStandIn(
  transaction: Reader,
  { id, by, reason }: { readonly id: string; readonly by: string; readonly reason: string },
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'UPDATE stand_in SET ended_by = $2, reason = $3 WHERE id = $1 AND ended_by IS NULL',
    [id, by, reason],
  );
  return rowCount === 1;
}

interface StandInsQuery extends OrderedPage {
  /** only of these; undefined: of every department, and of the data office */
  readonly departments: readonly string[] | undefined;
  readonly kind: string | undefined;
  /** Unix milliseconds */
  readonly now: number;
}

/** Those that are neither ended nor expired; the earliest first. `after` is an id. */
export async function pageStandIns(
  reader: Reader,
  { departments, kind, now, ...page }: StandInsQuery,
): Promise<PageRows<StandInRow>> {
  return pageRows(reader, { columns: standInColumns, order, permit, narrow }, page, (row: StandInRow) => row);

  function permit(rows: Knex.QueryBuilder): void {
    if (departments !== undefined) rows.whereRaw('department = ANY(?)', [[...departments]]);
  }

  function narrow(rows: Knex.QueryBuilder): void {
    rows.whereRaw(`ended_by IS NULL AND (until IS NULL OR until > ${momentAt('?')})`, [now]);
    narrowed(rows, { kind });
  }
}

const order: ListOrder = {
  table: 'stand_in',
  id: ['id'],
  sorts: { begins: (row) => [`${row}.begins`] },
  usual: 'begins',
};
