/**
 * Addresses for reminders of persons and departments. The operation that sets an address seals it. The job that sends opens it, and so
 * does the view that shows where it points.
 */
import type { ReminderPlace } from '../../../domain/reminder.ts';
import { momentAt, momentOf, readMoment, readMomentOrNull } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface ReminderAddressRow extends ReminderPlace {
  readonly sealed: Buffer;
  /** id of a person */
  readonly setBy: string;
  /** Unix milliseconds */
  readonly setAt: number;
  /** of its newest reminder: when it was made and, unless it is still being sent, ended; null where there was none */
  readonly madeAt: number | null;
  readonly endedAt: number | null;
  readonly attempts: number | null;
  /** code of the last failure; null once a reminder was accepted */
  readonly trouble: string | null;
}

interface Stored extends Omit<ReminderAddressRow, 'setAt' | 'madeAt' | 'endedAt'> {
  readonly set: string;
  readonly made: string | null;
  readonly ended: string | null;
}

const columns = `a.kind, a.owner, a.way, a.sealed, a.set_by AS "setBy", ${momentOf('a.set_at')} AS set,
  ${momentOf('n.made_at')} AS made, ${momentOf('n.ended_at')} AS ended, n.attempts, n.trouble`;
const joined = `reminder_address a LEFT JOIN LATERAL (
  SELECT made_at, ended_at, attempts, trouble FROM reminder
  WHERE kind = a.kind AND owner = a.owner AND way = a.way ORDER BY made_at DESC LIMIT 1) n ON true`;

const read = ({ set, made, ended, ...row }: Stored): ReminderAddressRow => ({
  ...row,
  setAt: readMoment(set),
  madeAt: readMomentOrNull(made),
  endedAt: readMomentOrNull(ended),
});

/** A page of addresses, in the order of their owners. @param after the last one of the page before; undefined for the first page */
export async function listReminderAddresses(
  reader: Reader,
  after: ReminderPlace | undefined,
  most: number,
): Promise<readonly ReminderAddressRow[]> {
  const { kind, owner, way } = after ?? { kind: '', owner: '', way: '' };
  const { rows } = await reader.query<Stored>(
    `SELECT ${columns} FROM ${joined} WHERE (a.kind, a.owner, a.way) > ($1, $2, $3)
     ORDER BY a.kind, a.owner, a.way LIMIT $4`,
    [kind, owner, way, most],
  );
  return rows.map(read);
}

/** The addresses of a person, and of departments. */
export async function reminderAddressesOf(
  reader: Reader,
  person: string,
  departments: readonly string[],
): Promise<readonly ReminderAddressRow[]> {
  const { rows } = await reader.query<Stored>(
    `SELECT ${columns} FROM ${joined}
     WHERE (a.kind = 'person' AND a.owner = $1) OR (a.kind = 'department' AND a.owner = ANY($2))
     ORDER BY a.kind DESC, a.owner, a.way`,
    [person, departments],
  );
  return rows.map(read);
}

/** Replaces the address. What the former one was notified of, and what was being sent there, is deleted with it. */
export async function putReminderAddress(
  transaction: Reader,
  row: Pick<ReminderAddressRow, 'kind' | 'owner' | 'way' | 'sealed' | 'setBy' | 'setAt'>,
  exchange: string,
): Promise<void> {
  await dropReminderAddress(transaction, row);
  await transaction.query(
    `INSERT INTO reminder_address (kind, owner, way, sealed, set_by, set_at, exchange)
     VALUES ($1, $2, $3, $4, $5, ${momentAt('$6')}, $7)`,
    [row.kind, row.owner, row.way, row.sealed, row.setBy, row.setAt, exchange],
  );
}

/** @returns whether there was one */
export async function dropReminderAddress(
  transaction: Reader,
  { kind, owner, way }: ReminderPlace,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'DELETE FROM reminder_address WHERE kind = $1 AND owner = $2 AND way = $3',
    [kind, owner, way],
  );
  return rowCount === 1;
}
