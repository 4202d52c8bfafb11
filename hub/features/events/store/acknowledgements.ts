/** SQL of what happened to open events: acknowledgements, and answers in which they left. */
import type { Grade } from '../../../domain/openEvent.ts';
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

export async function acknowledgementsOf(
  reader: Reader,
  events: readonly string[],
): Promise<AcknowledgementRow[]> {
  const { rows } = await reader.query<Omit<AcknowledgementRow, 'at'> & { readonly moment: string }>(
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
 */
export async function noteDeliveries(
  reader: Reader,
  events: readonly string[],
  { exchange, subscription, department, at, receipt }: Omit<DeliveryRow, 'event'>,
): Promise<void> {
  await reader.query(
    `WITH opened AS MATERIALIZED (
       SELECT id, state FROM open_event WHERE id = ANY ($1::uuid[]) ORDER BY id FOR SHARE),
     late AS (
       INSERT INTO late_closing (event, department)
       SELECT o.id, $4::text FROM opened AS o
        WHERE o.state = 'closed' AND $4::text NOT IN (${concernedDepartments('o.id')})
       ON CONFLICT DO NOTHING)
     INSERT INTO event_delivery (event, exchange, subscription, department, at, receipt)
     SELECT id, $2, $3, $4, ${momentAt('$5')}, $6 FROM opened ON CONFLICT DO NOTHING`,
    [events, exchange, subscription, department, at, receipt],
  );
}

export async function deliveriesOf(reader: Reader, events: readonly string[]): Promise<DeliveryRow[]> {
  const { rows } = await reader.query<Omit<DeliveryRow, 'at'> & { readonly moment: string }>(
    `SELECT event, exchange, subscription, department, ${momentOf('at')} AS moment, receipt FROM event_delivery
      WHERE event = ANY ($1::uuid[]) ORDER BY at, exchange`,
    [events],
  );
  return rows.map(({ moment, ...row }) => ({ ...row, at: readMoment(moment) }));
}
