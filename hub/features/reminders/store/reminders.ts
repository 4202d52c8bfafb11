/** SQL of reminders that are to be sent, of dead letters, and of the items that each address was notified of. */
import type { ReminderPlace, DescribedReminder } from '../../../domain/reminder.ts';
import { momentAt } from '../../../platform/database/values.ts';
import { keyedRows, type KeyedRow } from '../../../platform/database/authenticated/keyedRows.ts';
import { refuseLeftOutKeys } from '../../../platform/database/authenticated/leftOutRows.ts';
import { firstSealedRows, sealedRows } from '../../../platform/database/authenticated/sealedRows.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface ReminderRow {
  /** the same in each attempt */
  readonly id: string;
  readonly said: DescribedReminder;
}

/** Items by whether an address was notified of them. Of an altered one, the hub cannot know. */
interface ItemsToNotify {
  readonly fresh: ReadonlySet<string>;
  readonly altered: readonly string[];
}

/** The items that an address was not notified of. @param items hex */
export async function itemsToNotify(
  reader: Reader,
  { kind, owner, way }: ReminderPlace,
  items: readonly string[],
): Promise<ItemsToNotify> {
  const states = await keyedRows(
    reader,
    'reminder_told',
    items.map((item) => [kind, owner, way, item]),
  );
  const inState = (state: KeyedRow['state']): string[] =>
    items.filter((_, at) => states[at]?.state === state);
  return { fresh: new Set(inState('absent')), altered: inState('altered') };
}

/** The items that an address was notified of, hex, without those that were written past the hub. */
export async function notifiedOf(
  reader: Reader,
  { kind, owner, way }: ReminderPlace,
): Promise<readonly string[]> {
  const rows = await sealedRows<{ thing: string }>(
    reader,
    'reminder_told',
    'SELECT thing FROM reminder_told WHERE kind = $1 AND owner = $2 AND way = $3',
    [kind, owner, way],
  );
  return rows.map(({ thing: item }) => item);
}

/** Deletes items that no longer wait. They are reported again if they return. @param items hex */
export async function forgetNotified(
  reader: Reader,
  { kind, owner, way }: ReminderPlace,
  items: readonly string[],
): Promise<void> {
  await reader.query(
    'DELETE FROM reminder_told WHERE kind = $1 AND owner = $2 AND way = $3 AND thing = ANY($4)',
    [kind, owner, way, items],
  );
}

/** Stores a reminder to send, with its items. @param at Unix milliseconds @returns false where the address is gone, or was notified of an item before */
export async function insertReminder(
  transaction: Reader,
  reminder: ReminderPlace & Pick<ReminderRow, 'id' | 'said'> & { readonly at: number },
  items: readonly string[],
): Promise<boolean> {
  const { id, kind, owner, way, said, at } = reminder;
  const { rowCount: addresses } = await transaction.query(
    `INSERT INTO reminder (id, kind, owner, way, said, made_at)
     SELECT $1, kind, owner, way, $5, ${momentAt('$6')} FROM reminder_address
      WHERE kind = $2 AND owner = $3 AND way = $4 FOR KEY SHARE`,
    [id, kind, owner, way, JSON.stringify(said), at],
  );
  if (addresses !== 1) return false;
  const { rowCount } = await transaction.query(
    'INSERT INTO reminder_told (kind, owner, way, thing) SELECT $1, $2, $3, unnest($4::text[]) ON CONFLICT DO NOTHING',
    [kind, owner, way, items],
  );
  await refuseLeftOutKeys(
    transaction,
    'reminder_told',
    items.map((item) => [kind, owner, way, item]),
  );
  return rowCount === items.length;
}

/** Whether a reminder of the address was not taken yet: new items wait for the next one. */
export async function isQueued(reader: Reader, { kind, owner, way }: ReminderPlace): Promise<boolean> {
  const rows = await firstSealedRows(
    reader,
    'reminder',
    "SELECT id FROM reminder WHERE kind = $1 AND owner = $2 AND way = $3 AND state = 'queued' ORDER BY id",
    [kind, owner, way],
    1,
  );
  return rows.length > 0;
}

/**
 * Whether a reminder is to be sent. One that was made after the last moment of which reminders can be dead letters was marked as one past the
 * hub. @param before that moment
 */
export const isToSend = (reminder: string, before: `$${number}`): string =>
  `(${reminder}.state <> 'dead' OR ${reminder}.made_at > ${momentAt(before)})`;

/**
 * What is to be sent next: dead letters that are sent again, then the others, each in the order in which they were made. A reminder that was
 * written past the hub is not sent.
 * @param before Unix milliseconds: what was made later is no dead letter
 */
export async function nextReminder(
  reader: Reader,
  { kind, owner, way }: ReminderPlace,
  before: number,
): Promise<ReminderRow | undefined> {
  const [next] = await firstSealedRows<ReminderRow>(
    reader,
    'reminder',
    `SELECT id, said FROM reminder WHERE kind = $1 AND owner = $2 AND way = $3 AND ${isToSend('reminder', '$4')}
     ORDER BY state DESC, made_at, id`,
    [kind, owner, way, before],
    1,
  );
  return next;
}

/** What was made, or sent again, before a moment and not taken since becomes dead letters. Moments are Unix milliseconds. */
export async function buryReminders(
  reader: Reader,
  { kind, owner, way }: ReminderPlace,
  { before, trouble, at }: { readonly before: number; readonly trouble: string; readonly at: number },
): Promise<void> {
  await reader.query(
    `UPDATE reminder SET state = 'dead', trouble = $5, died_at = ${momentAt('$6')}
     WHERE kind = $1 AND owner = $2 AND way = $3 AND state <> 'dead'
       AND CASE state WHEN 'waiting' THEN replayed_at ELSE made_at END <= ${momentAt('$4')}`,
    [kind, owner, way, before, trouble, at],
  );
}

/**
 * Deletes dead letters that died before a moment, the oldest first. Those that were written or altered past the hub remain.
 * @param before Unix milliseconds @param failures receives a problem where some remain
 */
export async function expireDeadReminders(
  reader: Reader,
  { before, maxRows }: { readonly before: number; readonly maxRows: number },
  failures: unknown[],
): Promise<void> {
  const rows = await firstSealedRows<{ id: string }>(
    reader,
    'reminder',
    `SELECT id FROM reminder WHERE state = 'dead' AND died_at < ${momentAt('$1')} AND made_at < ${momentAt('$1')} ORDER BY died_at, id`,
    [before],
    maxRows,
    failures,
  );
  await reader.query('DELETE FROM reminder WHERE id = ANY ($1::uuid[])', [rows.map(({ id }) => id)]);
}

export interface ReminderFigures {
  /** reminders that no server has accepted yet, without dead letters */
  readonly waiting: number;
  /** addresses that accept nothing for a while */
  readonly unreached: number;
}

/** @param before Unix milliseconds: an address that fails since then counts as not reached */
export async function reminderFigures(reader: Reader, before: number): Promise<ReminderFigures> {
  const { rows } = await reader.query<{ waiting: string; unreached: string }>(
    `SELECT (SELECT count(*) FROM reminder WHERE state <> 'dead') AS waiting,
            (SELECT count(*) FROM reminder_state WHERE failing_since <= ${momentAt('$1')}) AS unreached`,
    [before],
  );
  return { waiting: Number(rows[0]?.waiting ?? 0), unreached: Number(rows[0]?.unreached ?? 0) };
}
