/** Reminders that are being sent, and the items that each address was notified of. */
import type { ReminderPlace, DescribedReminder } from '../../../domain/reminder.ts';
import { momentAt } from '../../../platform/database/values.ts';
import type { Reader } from '../../../platform/database/reader.ts';

export interface ReminderRow {
  readonly id: string;
  readonly said: DescribedReminder;
  /** made so far, including the one just claimed */
  readonly attempts: number;
}

/** The items that an address was not notified of. @param items hex */
export async function untoldOf(
  reader: Reader,
  { kind, owner, way }: ReminderPlace,
  items: readonly string[],
): Promise<ReadonlySet<string>> {
  const { rows } = await reader.query<{ thing: string }>(
    `SELECT thing FROM unnest($4::text[]) AS asked (thing)
     WHERE NOT EXISTS (SELECT FROM reminder_told t WHERE t.kind = $1 AND t.owner = $2 AND t.way = $3 AND t.thing = asked.thing)`,
    [kind, owner, way, items],
  );
  return new Set(rows.map(({ thing: item }) => item));
}

/** Deletes items that no longer wait. They are reported again if they return. @param items that still wait, hex */
export async function forgetNotified(
  reader: Reader,
  { kind, owner, way }: ReminderPlace,
  items: readonly string[],
): Promise<void> {
  await reader.query(
    'DELETE FROM reminder_told WHERE kind = $1 AND owner = $2 AND way = $3 AND NOT thing = ANY($4)',
    [kind, owner, way, items],
  );
}

/** Stores a reminder to send, with its items, and deletes the one before. @param at Unix milliseconds */
export async function insertReminder(
  transaction: Reader,
  reminder: ReminderPlace & Pick<ReminderRow, 'id' | 'said'> & { readonly at: number },
  items: readonly string[],
): Promise<void> {
  const { id, kind, owner, way, said, at } = reminder;
  await transaction.query(
    'DELETE FROM reminder WHERE kind = $1 AND owner = $2 AND way = $3 AND ended_at IS NOT NULL',
    [kind, owner, way],
  );
  await transaction.query(
    `INSERT INTO reminder (id, kind, owner, way, said, made_at, next_at)
     VALUES ($1, $2, $3, $4, $5, ${momentAt('$6')}, ${momentAt('$6')})`,
    [id, kind, owner, way, JSON.stringify(said), at],
  );
  await transaction.query(
    'INSERT INTO reminder_told (kind, owner, way, thing) SELECT $1, $2, $3, unnest($4::text[]) ON CONFLICT DO NOTHING',
    [kind, owner, way, items],
  );
}

/** Whether a reminder is being sent to the address: new items wait for the next one. */
export async function isOnItsWay(reader: Reader, { kind, owner, way }: ReminderPlace): Promise<boolean> {
  const { rows } = await reader.query(
    'SELECT FROM reminder WHERE kind = $1 AND owner = $2 AND way = $3 AND ended_at IS NULL',
    [kind, owner, way],
  );
  return rows.length > 0;
}

/**
 * Claims the due reminder of an address for one attempt: only one of two processes gets it.
 * @param now Unix milliseconds
 * @param until when it may be claimed again if this attempt has no result
 */
export async function takeReminder(
  reader: Reader,
  { kind, owner, way }: ReminderPlace,
  now: number,
  until: number,
): Promise<ReminderRow | undefined> {
  const { rows } = await reader.query<ReminderRow>(
    `UPDATE reminder SET attempts = attempts + 1, next_at = ${momentAt('$5')}
     WHERE kind = $1 AND owner = $2 AND way = $3 AND ended_at IS NULL AND next_at <= ${momentAt('$4')}
     RETURNING id, said, attempts`,
    [kind, owner, way, now, until],
  );
  return rows[0];
}

/** Stores the result of an attempt. @param next Unix milliseconds of the next one; undefined where there is none */
export async function noteAttempt(
  reader: Reader,
  id: string,
  now: number,
  { trouble, next }: { readonly trouble: string | null; readonly next: number | undefined },
): Promise<void> {
  if (next === undefined)
    await reader.query(`UPDATE reminder SET trouble = $2, ended_at = ${momentAt('$3')} WHERE id = $1`, [
      id,
      trouble,
      now,
    ]);
  else
    await reader.query(`UPDATE reminder SET trouble = $2, next_at = ${momentAt('$3')} WHERE id = $1`, [
      id,
      trouble,
      next,
    ]);
}

export interface ReminderFigures {
  /** reminders that no server has accepted yet */
  readonly waiting: number;
  /** addresses whose newest reminder was not accepted after several attempts, or given up */
  readonly unreached: number;
}

/** @param attempts number from which an address counts as not reached */
export async function reminderFigures(reader: Reader, attempts: number): Promise<ReminderFigures> {
  const { rows } = await reader.query<{ waiting: string; unreached: string }>(
    `SELECT count(*) FILTER (WHERE ended_at IS NULL) AS waiting,
            count(*) FILTER (WHERE trouble IS NOT NULL AND attempts >= $1) AS unreached
     FROM (SELECT DISTINCT ON (kind, owner, way) ended_at, trouble, attempts FROM reminder
           ORDER BY kind, owner, way, made_at DESC) newest`,
    [attempts],
  );
  return { waiting: Number(rows[0]?.waiting ?? 0), unreached: Number(rows[0]?.unreached ?? 0) };
}
