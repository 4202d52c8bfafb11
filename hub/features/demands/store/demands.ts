/** Demands for data that no department offers, with all statements. */
import type { Knex } from 'knex';
import type { Demand, DemandEvent, DemandState } from '../../../domain/demand.ts';
import { unalteredRows } from '../../../platform/database/authenticated/refuseAlteredRows.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { narrowed, type Part } from '../../../platform/database/values.ts';
import {
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import type { Reader } from '../../../platform/database/reader.ts';

const columns = `id, consumer, provider, title, fields, purpose, state, entry, office_days AS "officeDays", department_days AS "departmentDays",
  (SELECT json_agg(json_strip_nulls(json_build_object('seq', e.seq, 'act', e.act, 'person', e.person, 'said', e.said, 'provider', e.provider,
            'at', (extract(epoch FROM e.at) * 1000)::bigint)) ORDER BY e.seq)
     FROM demand_event AS e WHERE e.demand = demand.id) AS events`;

/** @throws Problem rows_unauthenticated where it, or one of its statements, was changed past the hub */
export const demandById = (pool: Pool, id: string): Promise<Demand | undefined> =>
  unalteredRows(pool, ['demand', 'demand_event'], id, async (snapshot) => {
    const { rows } = await snapshot.query<Demand>(`SELECT ${columns} FROM demand WHERE id = $1`, [id]);
    return rows[0];
  });

export interface DemandFilter {
  /** as requester or as assigned department; absent: all departments */
  readonly departments?: readonly string[];
  readonly open?: boolean;
  readonly state?: string | undefined;
  readonly id?: string | undefined;
}

const parts: readonly Part[] = [
  { from: 'demand', column: 'consumer', id: 'id' },
  { from: 'demand', column: 'provider', id: 'id' },
];

/** Usually the newest first. */
export async function pageDemands(
  reader: Reader,
  filter: DemandFilter,
  page: OrderedPage,
): Promise<PageRows<Demand>> {
  const { departments, open, state, id } = filter;
  const reach = departments === undefined ? undefined : { parts, departments };
  return pageRows(reader, { columns, order, narrow, reach }, page, (row: Demand) => row);

  function narrow(rows: Knex.QueryBuilder): void {
    narrowed(rows, { state, id });
    if (open === true) rows.whereIn('state', ['office', 'assigned']);
  }
}

const order: ListOrder = { table: 'demand', id: ['id'], sorts: { opened: itself }, usual: '-opened' };

/** `dem-000000001`: numbers are never reused. */
export async function nextDemandId(reader: Reader): Promise<string> {
  const { rows } = await reader.query<{ n: string }>("SELECT nextval('demand_number') AS n");
  return `dem-${(rows[0]?.n ?? '').padStart(9, '0')}`;
}

export async function insertDemand(
  transaction: Reader,
  { id, consumer, title, fields, purpose, state, officeDays, departmentDays }: Omit<Demand, 'events'>,
): Promise<void> {
  await transaction.query(
    `INSERT INTO demand (id, consumer, title, fields, purpose, state, office_days, department_days)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [id, consumer, title, [...fields], purpose, state, officeDays, departmentDays],
  );
}

/** @throws the database's unique violation if a concurrent action took this number */
export async function appendDemandEvent(
  transaction: Reader,
  id: string,
  { seq, act, person, at, said, provider }: DemandEvent,
  exchange: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO demand_event (demand, seq, act, person, at, said, provider, exchange)
     VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0), $6, $7, $8)`,
    [id, seq, act, person, at, said, provider ?? null, exchange],
  );
}

export async function moveDemand(
  transaction: Reader,
  id: string,
  { state, provider, entry }: Pick<Demand, 'provider' | 'entry'> & { readonly state: DemandState },
): Promise<void> {
  await transaction.query('UPDATE demand SET state = $2, provider = $3, entry = $4 WHERE id = $1', [
    ...[id, state, provider, entry],
  ]);
}
