import type { Knex } from 'knex';
import type { TicketState, TicketWish } from '../../../domain/ticket.ts';
import type { SoughtWord } from '../../../domain/soughtWords.ts';
import { comparedTable } from '../../../platform/database/authenticated/comparedTable.ts';
import { keyedRows, type KeyedRow } from '../../../platform/database/authenticated/keyedRows.ts';
import { unalteredRows } from '../../../platform/database/authenticated/refuseAlteredRows.ts';
import { firstSealedRows, sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Pool } from '../../../platform/database/database.ts';
import {
  momentOf,
  readMoment,
  readMomentOrNull,
  containing,
  type Page,
  type Part,
  type SearchedText,
  narrowed,
} from '../../../platform/database/values.ts';
import {
  itself,
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { Problem } from '../../../../terms/problem.ts';

export interface TicketRow {
  readonly id: string;
  readonly opener: string;
  readonly origin: 'department' | 'counter' | 'service' | 'own';
  readonly person: string | null;
  readonly provider: string;
  readonly dataset: string;
  readonly exchange: string | null;
  readonly field: string | null;
  /** the rows' `_subject` */
  readonly subject: Buffer | null;
  /** sealed under `ticket:<id>` */
  readonly sealedKey: Buffer | null;
  readonly claim: string;
  readonly wish: TicketWish;
  readonly state: TicketState;
  /** Unix milliseconds */
  readonly openedAt: number;
  readonly answeredAt: number | null;
  readonly reason: string | null;
  readonly batch: string | null;
}

/** A ticket with the consumers that were notified, each with its own exchanges. */
export interface ReportedTicket extends TicketRow {
  readonly told: readonly { readonly consumer: string; readonly exchanges: readonly string[] }[];
}

interface StoredTicket extends Omit<ReportedTicket, 'openedAt' | 'answeredAt'> {
  readonly opened: string;
  readonly answered: string | null;
}

const columns = `id, opener, origin, person, provider, dataset, exchange, field, subject, sealed_key AS "sealedKey", claim, wish, state, reason, batch,
  ${momentOf('opened_at')} AS opened, ${momentOf('answered_at')} AS answered,
  (SELECT coalesce(json_agg(json_build_object('consumer', n.consumer, 'exchanges', n.exchanges) ORDER BY n.consumer), '[]')
     FROM ticket_told AS n WHERE n.ticket = ticket.id) AS told`;

const read = ({ opened, answered, ...row }: StoredTicket): ReportedTicket => ({
  ...row,
  openedAt: readMoment(opened),
  answeredAt: readMomentOrNull(answered),
});

/** @throws Problem rows_unauthenticated where it, or a record of who was notified of it, was changed past the hub */
export const ticketById = (pool: Pool, id: string): Promise<ReportedTicket | undefined> =>
  unalteredRows(pool, ['ticket', 'ticket_told'], id, async (snapshot) => {
    const { rows } = await snapshot.query<StoredTicket>(`SELECT ${columns} FROM ticket WHERE id = $1`, [id]);
    return rows.map(read)[0];
  });

export interface TicketFilter {
  /** departments that opened it, must answer it or are notified; absent: all */
  readonly departments?: readonly string[];
  readonly state?: TicketState;
  readonly dataset?: string;
  /** the role of one of these departments in it */
  readonly as?: { readonly role: 'opener' | 'provider' | 'told'; readonly of: readonly string[] };
  /** open, or answered after this time (Unix milliseconds) */
  readonly since?: number;
  /** each must be in its number or dataset, or name the provider. The opener is not searched: a notified receiver is not shown who it is. */
  readonly words?: readonly SoughtWord[];
}

const partOf: Readonly<Record<'opener' | 'provider' | 'told', Part>> = {
  opener: { from: 'ticket', column: 'ticket.opener', id: 'ticket.id' },
  provider: { from: 'ticket', column: 'ticket.provider', id: 'ticket.id' },
  told: {
    from: 'ticket_told AS n JOIN ticket ON ticket.id = n.ticket',
    column: 'n.consumer',
    id: 'n.ticket',
  },
};

const searched: SearchedText = {
  text: "concat_ws(' ', ticket.id, ticket.dataset)",
  departments: ['ticket.provider'],
};

/** Usually the newest first. */
export async function pageTickets(
  reader: Reader,
  filter: TicketFilter,
  page: OrderedPage,
): Promise<PageRows<ReportedTicket>> {
  const { departments, state, dataset, as, since, words = [] } = filter;
  const parts = as === undefined ? Object.values(partOf) : [partOf[as.role]];
  const parties = as?.of ?? departments;
  const reach = parties === undefined ? undefined : { parts, departments: parties };
  return pageRows(reader, { columns, order, narrow, reach }, page, read);

  function narrow(rows: Knex.QueryBuilder): void {
    narrowed(rows, { state, dataset });
    if (as !== undefined && departments !== undefined)
      rows.whereRaw(
        `(opener = ANY (?) OR provider = ANY (?) OR EXISTS
           (SELECT FROM ticket_told AS other WHERE other.ticket = ticket.id AND other.consumer = ANY (?)))`,
        [[...departments], [...departments], [...departments]],
      );
    if (since !== undefined)
      rows.whereRaw("(state = 'open' OR answered_at > to_timestamp(? / 1000.0))", [since]);
    containing(rows, searched, words);
  }
}

const order: ListOrder = { table: 'ticket', id: ['id'], sorts: { opened: itself }, usual: '-opened' };

/** `tkt-000000001`: numbers are never reused. */
export async function nextTicketId(reader: Reader): Promise<string> {
  const { rows } = await reader.query<{ n: string }>("SELECT nextval('ticket_number') AS n");
  return `tkt-${(rows[0]?.n ?? '').padStart(9, '0')}`;
}

/** Number of tickets about a subject that were opened on their own page since a time (Unix milliseconds). */
export async function ownSince(reader: Reader, subject: Uint8Array, since: number): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    "SELECT count(*) FROM ticket WHERE subject = $1 AND origin = 'own' AND opened_at > to_timestamp($2 / 1000.0)",
    [Buffer.from(subject), since],
  );
  return Number(rows[0]?.count ?? 0);
}

/** Greater than every id of a ticket. */
const afterEveryTicket = 'tku';

/** Tickets opened for a person, by themselves, at a counter or in a service: newest first. @param page its cursor is the id of a ticket */
export async function ticketsForPerson(
  reader: Reader,
  subject: Uint8Array,
  { after, maxRows }: Page,
): Promise<ReportedTicket[]> {
  const rows = await firstSealedRows<StoredTicket>(
    reader,
    'ticket',
    `SELECT ${columns} FROM ticket
      WHERE subject = $1 AND origin <> 'department' AND id < $2 ORDER BY id DESC`,
    [Buffer.from(subject), after ?? afterEveryTicket],
    maxRows,
  );
  return rows.map(read);
}

/** Number of tickets that a department opened since a time (Unix milliseconds), without those from persons' own pages. */
export async function openedSince(reader: Reader, opener: string, since: number): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    "SELECT count(*) FROM ticket WHERE opener = $1 AND origin <> 'own' AND opened_at > to_timestamp($2 / 1000.0)",
    [opener, since],
  );
  return Number(rows[0]?.count ?? 0);
}

/** @throws the database's unique violation where the same claim exists already */
export async function insertTicket(
  transaction: Reader,
  row: Omit<TicketRow, 'state' | 'answeredAt' | 'reason' | 'batch'>,
  exchange: string,
): Promise<void> {
  await transaction.query(
    `INSERT INTO ticket (id, opener, origin, person, provider, dataset, exchange, field, subject, sealed_key, claim, wish, state, opened_at, opened_by)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'open', to_timestamp($13 / 1000.0), $14)`,
    [
      ...[row.id, row.opener, row.origin, row.person, row.provider, row.dataset, row.exchange, row.field],
      ...[row.subject, row.sealedKey, row.claim, row.wish, row.openedAt, exchange],
    ],
  );
}

export interface TicketAnswer {
  readonly id: string;
  readonly to: TicketState;
  readonly reason: string | null;
  readonly batch: string | null;
  /** Unix milliseconds */
  readonly at: number;
  readonly exchange: string;
}

/** @returns false when it was answered meanwhile */
export async function answerTicket(transaction: Reader, answer: TicketAnswer): Promise<boolean> {
  const { id, to, reason, batch, at, exchange } = answer;
  const { rowCount } = await transaction.query(
    `UPDATE ticket SET state = $2, reason = $3, batch = $4, answered_at = to_timestamp($5 / 1000.0), answered_by = $6
      WHERE id = $1 AND state = 'open'`,
    [id, to, reason, batch, at, exchange],
  );
  return rowCount === 1;
}

/** An open ticket that reports wrong data about a subject. */
export interface OpenCorrection {
  readonly id: string;
  readonly dataset: string;
  /** keyed hash, hex */
  readonly subject: string;
  readonly opener: string;
}

/**
 * The open tickets that report wrong data. A row that was written past the hub disputes nothing.
 * @param before those of the last reading: one that was changed, or hidden, past the hub since stays open
 */
export async function openCorrections(
  reader: Reader,
  before: readonly OpenCorrection[],
): Promise<readonly OpenCorrection[]> {
  const open = await sealedRows<OpenCorrection>(
    reader,
    'ticket',
    `SELECT id, dataset, encode(subject, 'hex') AS subject, opener FROM ticket
      WHERE state = 'open' AND wish = 'correction' AND subject IS NOT NULL`,
  );
  const found = new Set(open.map(({ id }) => id));
  const others = before.filter(({ id }) => !found.has(id));
  const keys = others.map(({ id }) => [id]);
  const rows = await keyedRows(reader, 'ticket', keys);
  const absent = others.filter((_, at) => rows[at]?.state === 'absent').map(({ id }) => id);
  const removed = absent.length === 0 ? absent : await removedOf(reader, absent);
  const isAnswered = (row: KeyedRow | undefined): boolean =>
    row?.state === 'valid' && row.values['state'] !== 'open';
  return [...open, ...others.filter(({ id }, at) => !isAnswered(rows[at]) && !removed.includes(id))];
}

/** Those of some tickets whose removal two persons accepted. In a table that was altered past the hub, none counts as removed. */
async function removedOf(reader: Reader, ids: readonly string[]): Promise<readonly string[]> {
  try {
    const found = await comparedTable(reader, 'ticket', ({ id }) => ids.includes(id ?? ''));
    const there = new Set(found.map(({ id }) => id));
    return ids.filter((id) => !there.has(id));
  } catch (error) {
    if (error instanceof Problem && error.code === 'rows_unauthenticated') return [];
    throw error;
  }
}
