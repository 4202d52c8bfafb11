/**
 * SQL of departments that are to be sent the closing of an event: all that it concerns where another event closed it, and those that received
 * it after it was closed.
 */
import { Problem } from '../../../../terms/problem.ts';
import { refuseLeftOutKeys } from '../../../platform/database/authenticated/leftOutRows.ts';
import { allSealedRows, firstSealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { DuePortion } from './deadlines.ts';
import {
  concernedDepartments,
  eventColumns,
  readEvent,
  type OpenEventRow,
  type StoredEvent,
} from './openEvents.ts';

export interface LateClosing {
  /** id of a closed one */
  readonly event: string;
  readonly recipient: string;
}

/** The closing of an event that another event closed is to be sent to each department that the event concerns. */
export async function insertLateClosings(transaction: Transaction, event: string): Promise<void> {
  await transaction.query(
    `INSERT INTO late_closing (event, department)
     SELECT $1::uuid, department FROM (${concernedDepartments('$1')}) AS concerned ON CONFLICT DO NOTHING`,
    [event],
  );
  const { rows } = await transaction.query<{ department: string }>(
    `SELECT department FROM (${concernedDepartments('$1')}) AS concerned`,
    [event],
  );
  await refuseLeftOutKeys(
    transaction,
    'late_closing',
    rows.map(({ department }) => [event, department]),
  );
}

/** By event and department. A row that others than the hub added is left out. */
export const lateClosings = (
  reader: Reader,
  { maxEvents, failures, without }: Omit<DuePortion, 'now'>,
): Promise<readonly LateClosing[]> =>
  firstSealedRows<LateClosing>(
    reader,
    'late_closing',
    `SELECT event, department AS recipient FROM late_closing
      WHERE event <> ALL ($1::uuid[]) ORDER BY event, department`,
    [without],
    maxEvents,
    failures,
  );

/** @throws Problem rows_unauthenticated where its row was changed past the hub */
export async function closedEvent(reader: Reader, id: string): Promise<OpenEventRow> {
  const [row] = await allSealedRows<StoredEvent>(
    reader,
    ['open_event', 'e'],
    `SELECT ${eventColumns} FROM open_event AS e WHERE e.id = $1 AND e.state = 'closed'`,
    [id],
  );
  if (row === undefined) throw new Problem('rows_unauthenticated', { table: 'open_event' });
  return readEvent(row);
}

/** @returns false where one of them was sent before */
export async function dropLateClosings(
  transaction: Transaction,
  event: string,
  recipients: readonly string[],
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'DELETE FROM late_closing WHERE event = $1 AND department = ANY ($2::text[])',
    [event, recipients],
  );
  return rowCount === recipients.length;
}
