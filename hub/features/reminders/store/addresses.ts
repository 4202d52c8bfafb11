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
  /** when the oldest reminder was made that was not taken yet; null where there is none. Dead letters do not count */
  readonly queuedAt: number | null;
  readonly deliveredAt: number | null;
  readonly deadLetters: number;
  /** since when nothing is taken, and when it is tried again */
  readonly failingSince: number | null;
  readonly nextAt: number;
  /** code of the last failure, and the status of the server; null once a reminder was accepted */
  readonly trouble: string | null;
  readonly status: number | null;
}

/** An address as it is sent to. */
export interface SealedAddress extends ReminderPlace {
  readonly sealed: Buffer;
  /** log entry that set it */
  readonly exchange: string;
}

interface Stored extends Pick<
  ReminderAddressRow,
  keyof ReminderPlace | 'sealed' | 'setBy' | 'trouble' | 'status'
> {
  readonly set: string;
  readonly queued: string | null;
  readonly delivered: string | null;
  readonly failing: string | null;
  readonly next: string;
  readonly dead: string;
}

const ofAddress = 'r.kind = a.kind AND r.owner = a.owner AND r.way = a.way';
const columns = `a.kind, a.owner, a.way, a.sealed, a.set_by AS "setBy", ${momentOf('a.set_at')} AS set,
  d.trouble, d.status, ${momentOf('d.delivered_at')} AS delivered, ${momentOf('d.failing_since')} AS failing, ${momentOf('d.next_at')} AS next,
  ${momentOf(`(SELECT min(made_at) FROM reminder r WHERE ${ofAddress} AND r.state <> 'dead')`)} AS queued,
  (SELECT count(*) FROM reminder r WHERE ${ofAddress} AND r.state = 'dead') AS dead`;
const joined = 'reminder_address a JOIN reminder_state d USING (kind, owner, way)';

const read = ({ set, queued, delivered, failing, next, dead, ...row }: Stored): ReminderAddressRow => ({
  ...row,
  setAt: readMoment(set),
  nextAt: readMoment(next),
  deadLetters: Number(dead),
  queuedAt: readMomentOrNull(queued),
  deliveredAt: readMomentOrNull(delivered),
  failingSince: readMomentOrNull(failing),
});

/** @returns undefined where it was deleted */
export async function addressAt(
  reader: Reader,
  { kind, owner, way }: ReminderPlace,
): Promise<SealedAddress | undefined> {
  const { rows } = await reader.query<SealedAddress>(
    'SELECT kind, owner, way, sealed, exchange FROM reminder_address WHERE kind = $1 AND owner = $2 AND way = $3',
    [kind, owner, way],
  );
  return rows[0];
}

/** A page of addresses, in the order of their owners. @param after the last one of the page before; undefined for the first page */
export async function pageReminderPlaces(
  reader: Reader,
  after: ReminderPlace | undefined,
  maxRows: number,
): Promise<readonly ReminderPlace[]> {
  const { kind, owner, way } = after ?? { kind: '', owner: '', way: '' };
  const { rows } = await reader.query<ReminderPlace>(
    `SELECT kind, owner, way FROM reminder_address WHERE (kind, owner, way) > ($1, $2, $3)
     ORDER BY kind, owner, way LIMIT $4`,
    [kind, owner, way, maxRows],
  );
  return rows;
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
  await transaction.query('INSERT INTO reminder_state (kind, owner, way) VALUES ($1, $2, $3)', [
    row.kind,
    row.owner,
    row.way,
  ]);
}

/** @param exchange only the address that this entry set; absent: any @returns whether there was one */
export async function dropReminderAddress(
  transaction: Reader,
  { kind, owner, way }: ReminderPlace,
  exchange?: string,
): Promise<boolean> {
  const { rowCount } = await transaction.query(
    'DELETE FROM reminder_address WHERE kind = $1 AND owner = $2 AND way = $3 AND exchange = coalesce($4, exchange)',
    [kind, owner, way, exchange ?? null],
  );
  return rowCount === 1;
}
