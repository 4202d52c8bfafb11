import type { DutyKind } from '../../../domain/duty.ts';
import type { Knex } from 'knex';
import {
  pageRows,
  type ListOrder,
  type OrderedPage,
  type PageRows,
} from '../../../platform/database/pages.ts';
import { firstSealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';

/** A row of `duty`. Days are `YYYY-MM-DD`, calendar of China. */
export interface DutyRow {
  readonly id: string;
  readonly obligation: DutyKind;
  readonly consumer: string;
  readonly provider: string;
  readonly dataset: string;
  readonly agreement: string;
  readonly purpose: string;
  readonly receivedFrom: string;
  readonly receivedUntil: string;
  readonly due: string;
  /** number of answers that delivered the data */
  readonly exchanges: number;
  readonly consent: string | null;
  readonly named: readonly string[] | null;
  readonly statement: string | null;
  /** id of the statement's entry */
  readonly answeredBy: string | null;
}

const dutyColumns = `id, obligation, consumer, provider, dataset, agreement, purpose, received_from::text AS "receivedFrom",
  received_until::text AS "receivedUntil", due::text AS due, exchanges::double precision AS exchanges, consent, named, statement,
  answered_by AS "answeredBy"`;

export type NewDuty = Omit<
  DutyRow,
  'id' | 'consent' | 'named' | 'statement' | 'answeredBy' | 'obligation'
> & {
  readonly obligation: DutyKind;
};

/** Position up to which the log was read for duties. */
export async function dutyProgress(reader: Reader): Promise<number> {
  const { rows } = await reader.query<{ next: string }>('SELECT next FROM duty_progress WHERE id = 1');
  return Number(rows[0]?.next ?? 0);
}

/**
 * Adds duties read from the log and advances the position in one statement, so that nothing is counted twice. A duty that was answered
 * before data of its days were read is reopened.
 * @returns false if another process advanced the position
 */
export async function addDuties(
  reader: Reader,
  duties: readonly NewDuty[],
  mark: { readonly from: number; readonly to: number },
): Promise<boolean> {
  const { rows } = await reader.query<{ moved: boolean }>(
    `WITH moved AS (UPDATE duty_progress SET next = $2 WHERE id = 1 AND next = $1 RETURNING 1),
          added AS (
            INSERT INTO duty AS d (obligation, consumer, provider, dataset, agreement, purpose, received_from, received_until, due, exchanges)
            SELECT o ->> 'obligation', o ->> 'consumer', o ->> 'provider', o ->> 'dataset', o ->> 'agreement', o ->> 'purpose',
                   (o ->> 'receivedFrom')::date, (o ->> 'receivedUntil')::date, (o ->> 'due')::date, (o ->> 'exchanges')::bigint
              FROM jsonb_array_elements($3::jsonb) AS o WHERE EXISTS (SELECT FROM moved)
            ON CONFLICT (consumer, agreement, dataset, purpose, obligation, received_from, consent)
            DO UPDATE SET exchanges = d.exchanges + EXCLUDED.exchanges, due = least(d.due, EXCLUDED.due), statement = NULL, answered_by = NULL)
     SELECT EXISTS (SELECT FROM moved) AS moved`,
    [mark.from, mark.to, JSON.stringify(duties)],
  );
  return rows[0]?.moved === true;
}

/**
 * Marks duties as answered by a consumer's statement, in the transaction of its entry.
 * @returns false if one of them was answered before
 */
export async function answerDuties(
  transaction: Reader,
  ids: readonly string[],
  statement: string,
  exchange: string,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    `WITH locked AS (SELECT id FROM duty WHERE id = ANY ($1::uuid[]) AND answered_by IS NULL ORDER BY id FOR UPDATE)
     UPDATE duty AS d SET statement = $2, answered_by = $3 FROM locked WHERE d.id = locked.id`,
    [[...ids], statement, exchange],
  );
  return rowCount === ids.length;
}

/** Records that an overdue duty was notified. @returns false if it was answered or notified in the meantime */
export async function noteNotified(transaction: Reader, id: string, exchange: string): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'UPDATE duty SET told_by = $2 WHERE id = $1 AND told_by IS NULL AND answered_by IS NULL',
    [id, exchange],
  );
  return rowCount === 1;
}

interface DutyFilter {
  /** as consumer or provider; absent: all departments */
  readonly departments?: readonly string[];
  /** only duties where this department is also consumer or provider */
  readonly with?: string;
  /** only unanswered duties, due on this day or before */
  readonly openUntil?: string;
  readonly id?: string;
}

/** Duties by due day, earliest first; answered duties come last. */
export async function pageDuties(
  reader: Reader,
  filter: DutyFilter,
  page: OrderedPage,
): Promise<PageRows<DutyRow>> {
  const { departments, with: other, openUntil, id } = filter;
  return pageRows(reader, { columns: dutyColumns, order, narrow }, page, (row: DutyRow) => row);

  function narrow(rows: Knex.QueryBuilder): void {
    if (departments !== undefined)
      rows.whereRaw('(consumer = ANY (?) OR provider = ANY (?))', [[...departments], [...departments]]);
    if (other !== undefined) rows.whereRaw('? IN (consumer, provider)', [other]);
    if (id !== undefined) rows.where('id', id);
    if (openUntil !== undefined)
      rows
        .whereNull('answered_by')
        .whereRaw("(due <= ?::date OR obligation = 'delete-withdrawn')", [openUntil]);
  }
}

const order: ListOrder = {
  table: 'duty',
  id: ['id'],
  sorts: {
    due: (row) => [`(${row}.answered_by IS NOT NULL)`, `${row}.due`, `${row}.received_from`],
  },
  usual: 'due',
  hasValues: true,
};

export async function dutiesById(reader: Reader, ids: readonly string[]): Promise<DutyRow[]> {
  const { rows } = await reader.query<DutyRow>(
    `SELECT ${dutyColumns} FROM duty WHERE id = ANY ($1::uuid[]) ORDER BY id`,
    [[...ids]],
  );
  return rows;
}

/** Counts unanswered duties whose due day has passed. @param today `YYYY-MM-DD`, calendar of China */
export async function countOverdue(reader: Reader, today: string): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    'SELECT count(*) FROM duty WHERE answered_by IS NULL AND due < $1::date',
    [today],
  );
  return Number(rows[0]?.count ?? 0);
}

/** Overdue duties without a notification. */
export function untoldOverdue(reader: Reader, today: string, maxRows: number): Promise<DutyRow[]> {
  return firstSealedRows<DutyRow>(
    reader,
    'duty',
    `SELECT ${dutyColumns} FROM duty WHERE answered_by IS NULL AND due < $1::date AND told_by IS NULL ORDER BY duty.due, duty.id`,
    [today],
    maxRows,
  );
}

/** Data that one consumer received on one day, with the duty to inform the persons concerned. */
export interface NoticeDay {
  readonly consumer: string;
  readonly agreement: string;
  readonly dataset: string;
  readonly purpose: string;
  /** `YYYY-MM-DD`, calendar of China */
  readonly day: string;
}

/** @returns for each of them, in order, whether its consumer stated that the persons were informed */
export async function statedNotices(reader: Reader, days: readonly NoticeDay[]): Promise<readonly boolean[]> {
  if (days.length === 0) return [];
  const { rows } = await reader.query<{ n: number }>(
    `SELECT n::integer AS n
       FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::date[]) WITH ORDINALITY AS asked (consumer, agreement, dataset, purpose, day, n)
       JOIN duty AS d USING (consumer, agreement, dataset, purpose)
      WHERE d.obligation = 'notify-subject' AND d.received_from = asked.day AND d.consent IS NULL AND d.answered_by IS NOT NULL`,
    [
      days.map(({ consumer }) => consumer),
      days.map(({ agreement }) => agreement),
      days.map(({ dataset }) => dataset),
      days.map(({ purpose }) => purpose),
      days.map(({ day }) => day),
    ],
  );
  const stated = new Set(rows.map(({ n }) => n));
  return days.map((_, at) => stated.has(at + 1));
}
