import type { Knex } from 'knex';
import type { Dispute, DisputeEvent, DisputeState } from '../../../domain/dispute.ts';
import type { SoughtWord } from '../../../domain/soughtWords.ts';
import { unalteredRows } from '../../../platform/database/authenticated/refuseAlteredRows.ts';
import type { Pool } from '../../../platform/database/database.ts';
import { containing, type Part, type SearchedText, narrowed } from '../../../platform/database/values.ts';
import {
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import type { Reader } from '../../../platform/database/reader.ts';

const columns = `id, about, raised, other, state,
  (SELECT json_agg(json_build_object('seq', e.seq, 'act', e.act, 'person', e.person, 'said', e.said, 'document', e.document,
            'at', (extract(epoch FROM e.at) * 1000)::bigint) ORDER BY e.seq)
     FROM dispute_event AS e WHERE e.dispute = dispute.id) AS events`;

/** @throws Problem rows_unauthenticated where it, or one of its steps, was changed past the hub */
export const disputeById = (pool: Pool, id: string): Promise<Dispute | undefined> =>
  unalteredRows(pool, ['dispute', 'dispute_event'], id, async (snapshot) => {
    const { rows } = await snapshot.query<Dispute>(`SELECT ${columns} FROM dispute WHERE id = $1`, [id]);
    return rows[0];
  });

export interface DisputeFilter {
  /** as a party; absent: all departments */
  readonly departments?: readonly string[];
  readonly open?: boolean;
  readonly states?: readonly DisputeState[];
  /** id of a request or a ticket */
  readonly about?: string;
  /** each must be in its number or that of its matter, or name a party */
  readonly words?: readonly SoughtWord[];
}

const parts: readonly Part[] = [
  { from: 'dispute', column: 'raised', id: 'id' },
  { from: 'dispute', column: 'other', id: 'id' },
];

const searched: SearchedText = { text: "concat_ws(' ', id, about)", departments: ['raised', 'other'] };

/** Usually the newest first. */
export async function pageDisputes(
  reader: Reader,
  filter: DisputeFilter,
  page: OrderedPage,
): Promise<PageRows<Dispute>> {
  const { departments, open, states, about, words = [] } = filter;
  const reach = departments === undefined ? undefined : { parts, departments };
  return pageRows(reader, { columns, order, narrow, reach }, page, (row: Dispute) => row);

  function narrow(rows: Knex.QueryBuilder): void {
    narrowed(rows, { about });
    if (open === true) rows.whereRaw("state NOT IN ('settled', 'closed')");
    if (states !== undefined) rows.whereIn('state', states);
    containing(rows, searched, words);
  }
}

const order: ListOrder = { table: 'dispute', id: ['id'], sorts: { opened: itself }, usual: '-opened' };

/** `dsp-000000001`: numbers are never reused. */
export async function nextDisputeId(reader: Reader): Promise<string> {
  const { rows } = await reader.query<{ n: string }>("SELECT nextval('dispute_number') AS n");
  return `dsp-${(rows[0]?.n ?? '').padStart(9, '0')}`;
}

/** @throws the database's unique violation if an open dispute on the same subject exists */
export async function insertDispute(transaction: Reader, dispute: Omit<Dispute, 'events'>): Promise<void> {
  const { id, about, raised, other, state } = dispute;
  await transaction.query(
    'INSERT INTO dispute (id, about, raised, other, state) VALUES ($1, $2, $3, $4, $5)',
    [...[id, about, raised, other, state]],
  );
}

/** @throws the database's unique violation if a concurrent action took this number */
export async function appendDisputeEvent(
  transaction: Reader,
  id: string,
  { seq, act, person, at, said, document }: DisputeEvent,
  exchange: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO dispute_event (dispute, seq, act, person, at, said, document, exchange)
     VALUES ($1, $2, $3, $4, to_timestamp($5 / 1000.0), $6, $7, $8)`,
    [id, seq, act, person, at, said, document, exchange],
  );
}

export async function moveDispute(transaction: Reader, id: string, state: DisputeState): Promise<void> {
  await transaction.query('UPDATE dispute SET state = $2 WHERE id = $1', [id, state]);
}
