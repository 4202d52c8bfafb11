/** SQL of dead letters: reminders that were not taken in time. */
import type { DescribedReminder, ReminderPlace } from '../../../domain/reminder.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { beforeEveryUuid, momentOf, readMoment, type Page } from '../../../platform/database/values.ts';

export interface DeadReminderRow extends ReminderPlace {
  readonly id: string;
  readonly said: DescribedReminder;
  readonly trouble: string;
  /** Unix milliseconds */
  readonly madeAt: number;
  readonly diedAt: number;
  /** it is being sent again */
  readonly isReplayed: boolean;
}

/** Those of a person and of departments, in the order in which they were made. @param page its cursor is the id of a reminder */
export async function pageDeadReminders(
  reader: Reader,
  { person, departments }: { readonly person: string; readonly departments: readonly string[] },
  { after, maxRows }: Page,
): Promise<readonly DeadReminderRow[]> {
  const { rows } = await reader.query<
    Omit<DeadReminderRow, 'madeAt' | 'diedAt'> & { readonly made: string; readonly died: string }
  >(
    `SELECT id, kind, owner, way, said, trouble, state = 'waiting' AS "isReplayed",
            ${momentOf('made_at')} AS made, ${momentOf('died_at')} AS died
       FROM reminder
      WHERE state <> 'queued' AND id > $3
        AND (kind = 'person' AND owner = $1 OR kind = 'department' AND owner = ANY ($2))
      ORDER BY id LIMIT $4`,
    [person, departments, after ?? beforeEveryUuid, maxRows],
  );
  return rows.map(({ made, died, ...row }) => ({
    ...row,
    madeAt: readMoment(made),
    diedAt: readMoment(died),
  }));
}

const chosen = `kind = $1 AND owner = $2 AND state = 'dead' AND id = ANY (coalesce($3::uuid[], ARRAY[id]))`;

/** @param reminders their ids; absent: all of the owner */
export async function countDeadReminders(
  reader: Reader,
  { kind, owner }: Pick<ReminderPlace, 'kind' | 'owner'>,
  reminders: readonly string[] | undefined,
): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    `SELECT count(*) AS count FROM reminder WHERE ${chosen}`,
    [kind, owner, reminders ?? null],
  );
  return Number(rows[0]?.count ?? 0);
}

/** Ids that are those of no dead letter of the owner; one that is being sent again is a dead letter. */
export async function unknownReminders(
  reader: Reader,
  { kind, owner }: Pick<ReminderPlace, 'kind' | 'owner'>,
  reminders: readonly string[],
): Promise<readonly string[]> {
  const { rows } = await reader.query<{ id: string }>(
    `SELECT requested::text AS id FROM unnest($3::uuid[]) AS requested
      WHERE NOT EXISTS (SELECT FROM reminder AS r WHERE kind = $1 AND owner = $2 AND state <> 'queued' AND r.id = requested)`,
    [kind, owner, reminders],
  );
  return rows.map(({ id }) => id);
}

/** They are sent again, at once. @param reminders their ids; absent: all of the owner */
export async function replayReminders(
  transaction: Reader,
  { kind, owner }: Pick<ReminderPlace, 'kind' | 'owner'>,
  reminders: readonly string[] | undefined,
): Promise<void> {
  await transaction.query(`UPDATE reminder SET state = 'waiting', replayed_at = now() WHERE ${chosen}`, [
    kind,
    owner,
    reminders ?? null,
  ]);
  await transaction.query(
    `UPDATE reminder_state AS d SET next_at = now()
      WHERE kind = $1 AND owner = $2 AND EXISTS (SELECT FROM reminder AS r
        WHERE r.kind = d.kind AND r.owner = d.owner AND r.way = d.way AND r.state = 'waiting')`,
    [kind, owner],
  );
}
