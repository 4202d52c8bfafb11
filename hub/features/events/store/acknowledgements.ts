/** SQL of what happened to open events: acknowledgements, and answers in which they left. */
import type { Grade } from '../../../domain/openEvent.ts';
import { refuseLeftOutKeys } from '../../../platform/database/authenticated/leftOutRows.ts';
import { allSealedRows, sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { momentAt, momentOf, readMoment } from '../../../platform/database/values.ts';
import { concernedDepartments } from './openEvents.ts';

export interface AcknowledgementRow {
  readonly event: string;
  readonly department: string;
  readonly grade: Grade;
  readonly at: number;
  readonly person: string | null;
  readonly exchange: string;
}

/** @throws a duplicate where the department acknowledged this grade before */
export async function insertAcknowledgement(
  transaction: Transaction,
  row: AcknowledgementRow,
): Promise<void> {
  await transaction.query(
    `INSERT INTO event_acknowledgement (event, department, grade, at, person, exchange)
     VALUES ($1, $2, $3, ${momentAt('$4')}, $5, $6)`,
    [row.event, row.department, row.grade, row.at, row.person, row.exchange],
  );
}

/** Without those that were written or changed past the hub. */
export async function acknowledgementsOf(
  reader: Reader,
  events: readonly string[],
): Promise<AcknowledgementRow[]> {
  const rows = await sealedRows<Omit<AcknowledgementRow, 'at'> & { readonly moment: string }>(
    reader,
    'event_acknowledgement',
    `SELECT event, department, grade, ${momentOf('at')} AS moment, person, exchange FROM event_acknowledgement
      WHERE event = ANY ($1::uuid[]) ORDER BY at, department`,
    [events],
  );
  return rows.map(({ moment, ...row }) => ({ ...row, at: readMoment(moment) }));
}

export interface DeliveryRow {
  readonly event: string;
  readonly exchange: string;
  readonly subscription: string;
  readonly department: string;
  readonly at: number;
  /** log entry of the consumer's signed receipt; null: it signed none */
  readonly receipt: string | null;
}

/**
 * An answer or a message in which events left: those that were opened under a plan are noted with it. A department that receives an event
 * for the first time, after it was closed, is to be sent the closing. The rows of the events are locked: a closing that is stored at the
 * same time either names this delivery or comes before it.
 * @param delivery.exchange its log entry @param delivery.at Unix milliseconds
 * @param concerned events of which `closedConcerning` found that they concern the department
 * @throws Problem rows_unauthenticated where the closing is not to be sent because of a row that was written past the hub
 */
export async function noteDeliveries(
  transaction: Transaction,
  events: readonly string[],
  { exchange, subscription, department, at, receipt }: Omit<DeliveryRow, 'event'>,
  concerned: readonly string[] = [],
): Promise<void> {
  const { rows: opened } = await transaction.query<{ id: string; isConcerned: boolean }>(
    `WITH opened AS MATERIALIZED (
       SELECT id, state FROM open_event WHERE id = ANY ($1::uuid[]) ORDER BY id FOR SHARE),
     late AS (
       INSERT INTO late_closing (event, department)
       SELECT o.id, $4::text FROM opened AS o
        WHERE o.state = 'closed' AND $4::text NOT IN (${concernedDepartments('o.id')})
       ON CONFLICT DO NOTHING RETURNING event),
     delivered AS (
       INSERT INTO event_delivery (event, exchange, subscription, department, at, receipt)
       SELECT id, $2, $3, $4, ${momentAt('$5')}, $6 FROM opened ON CONFLICT DO NOTHING)
     SELECT id, state = 'closed' AND id NOT IN (SELECT event FROM late) AS "isConcerned" FROM opened`,
    [events, exchange, subscription, department, at, receipt],
  );
  await refuseLeftOutKeys(
    transaction,
    'event_delivery',
    opened.map(({ id }) => [id, exchange]),
  );
  const others = opened.flatMap(({ id, isConcerned }) => (isConcerned && !concerned.includes(id) ? id : []));
  if (others.length > 0) await refuseForeignConcerns(transaction, others, { department, exchange });
}

/**
 * Of these events, those that are closed and concern a department, or whose closing is to be sent to it already: their closing is not to be
 * sent again. The rows that state that are compared, which is not needed while an event is open.
 * @param delivery.exchange a delivery that is not stored yet
 * @returns ids
 * @throws Problem rows_unauthenticated
 */
export async function closedConcerning(
  reader: Reader,
  events: readonly string[],
  delivery: Pick<DeliveryRow, 'department' | 'exchange'>,
): Promise<readonly string[]> {
  const { rows } = await reader.query<{ id: string }>(
    `SELECT id FROM open_event AS o WHERE id = ANY ($1::uuid[]) AND state = 'closed' AND $2::text IN (
       ${concernedDepartments('o.id')}
       UNION SELECT department FROM late_closing WHERE event = o.id)`,
    [events, delivery.department],
  );
  const ids = rows.map(({ id }) => id);
  if (ids.length > 0) await refuseForeignConcerns(reader, ids, delivery);
  return ids;
}

/**
 * Compares the rows that state that an event concerns a department. Once the event is closed, they decide whether the closing is to be sent.
 * @param delivery.exchange a delivery of this transaction, which has no seal yet
 * @throws Problem rows_unauthenticated
 */
async function refuseForeignConcerns(
  reader: Reader,
  events: readonly string[],
  { department, exchange }: Pick<DeliveryRow, 'department' | 'exchange'>,
): Promise<void> {
  const ofDepartment = [events, department];
  const isOurs = 'WHERE event = ANY ($1::uuid[]) AND department = $2';
  await allSealedRows(reader, 'late_closing', `SELECT event FROM late_closing ${isOurs}`, ofDepartment);
  await allSealedRows(reader, 'event_step', `SELECT event FROM event_step ${isOurs}`, ofDepartment);
  await allSealedRows(
    reader,
    'event_escalation',
    'SELECT event FROM event_escalation WHERE event = ANY ($1::uuid[]) AND recipient = $2',
    ofDepartment,
  );
  await allSealedRows(
    reader,
    'event_delivery',
    `SELECT event FROM event_delivery ${isOurs} AND exchange <> $3`,
    [...ofDepartment, exchange],
  );
}

/** Without those that were written or changed past the hub. */
export async function deliveriesOf(reader: Reader, events: readonly string[]): Promise<DeliveryRow[]> {
  const rows = await sealedRows<Omit<DeliveryRow, 'at'> & { readonly moment: string }>(
    reader,
    'event_delivery',
    `SELECT event, exchange, subscription, department, ${momentOf('at')} AS moment, receipt FROM event_delivery
      WHERE event = ANY ($1::uuid[]) ORDER BY at, exchange`,
    [events],
  );
  return rows.map(({ moment, ...row }) => ({ ...row, at: readMoment(moment) }));
}
