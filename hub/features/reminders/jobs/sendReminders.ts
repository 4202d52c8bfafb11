/**
 * Queues reminders for persons and departments for whom new items wait. Each item is reported once for each address, by a log entry. A
 * reminder contains numbers and no names. `deliverReminders.ts` sends it.
 */
import { exceptAltered } from '../../../platform/database/exceptAltered.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import {
  describedOf,
  itemsIn,
  type PendingItem,
  type ReminderPlace,
  type ReminderSection,
} from '../../../domain/reminder.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import type { Database } from '../../../platform/database/database.ts';
import { dropReminderAddress, pageReminderPlaces } from '../store/addresses.ts';
import { restoreStates } from '../store/reminderStates.ts';
import {
  expireDeadReminders,
  forgetNotified,
  insertReminder,
  isQueued,
  itemsToNotify,
  notifiedOf,
} from '../store/reminders.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';
import { Problem } from '../../../../terms/problem.ts';

export interface ReminderServices {
  readonly database: Pick<Database, 'app'>;
  /** a reminder is queued: deliveries are searched now */
  readonly wake: () => void;
  /** the items that wait for the owner now, of some sections or of all; undefined: the owner no longer exists */
  readonly waiting: (
    place: Pick<ReminderPlace, 'kind' | 'owner'>,
    now: number,
    only?: readonly ReminderSection[],
  ) => Promise<readonly PendingItem[] | undefined>;
}

const page = 100;
/** Maximum number of dead letters that a run deletes. */
const maxExpired = 1_000;
/** Milliseconds for which dead letters can be sent again. */
const deadLettersMs = 30 * 86_400_000;

export const sendReminders = (services: ReminderServices): Job => ({
  name: 'sendReminders',
  every: 300_000,
  lease: 60_000,
  run: async (run) => {
    const { app } = services.database;
    const failures: unknown[] = [];
    await restoreStates(app);
    for await (const place of everyAddress(app)) {
      if (run.signal.aborted) return { failures };
      await exceptAltered(failures, () => gather(services, place, run, failures));
    }
    const expired = { before: run.now() - deadLettersMs, maxRows: maxExpired };
    await exceptAltered(failures, () => expireDeadReminders(app, expired, failures));
    return { failures };
  },
});

/** Every address, in the order of their owners; pages are read as they are needed. */
export async function* everyAddress(reader: Reader): AsyncGenerator<ReminderPlace> {
  let after: ReminderPlace | undefined;
  do {
    const rows = await pageReminderPlaces(reader, after, page);
    yield* rows;
    after = rows.length < page ? undefined : rows.at(-1);
  } while (after !== undefined);
}

/** Queues a reminder of new items, unless an earlier one still waits for delivery. The address of an owner who left is deleted. */
async function gather(
  services: ReminderServices,
  place: ReminderPlace,
  run: JobRun,
  failures: unknown[],
): Promise<void> {
  const { app } = services.database;
  const { owner, way } = place;
  // before the inbox is read: what another job reports after this moment is not in it, and is not deleted below
  const notified = await notifiedOf(app, place);
  const items = await services.waiting(place, run.now());
  if (items === undefined) {
    await run.act({
      change: { kind: 'ReminderAddress', of: owner, ways: way, act: 'end' },
      work: async (transaction) => {
        await dropReminderAddress(transaction, place);
      },
    });
    return;
  }
  const current = new Set(items.map(({ thing: item }) => item));
  const gone = notified.filter((item) => !current.has(item));
  await forgetNotified(app, place, gone);
  if (!(await isQueued(app, place))) await queueReminder(services, place, items, run, failures);
}

/**
 * Queues a reminder of those items that the address was not notified of. @param items that wait @param failures receives a problem where
 * the hub cannot know of some whether it was
 * @returns false where another job reported one of them in the meantime: the next run reports the others
 */
export async function queueReminder(
  { database, wake }: Pick<ReminderServices, 'database' | 'wake'>,
  { kind, owner, way }: ReminderPlace,
  items: readonly PendingItem[],
  run: JobRun,
  failures: unknown[],
): Promise<boolean> {
  const keys = [...new Set(items.map(({ thing: item }) => item))];
  const { fresh: unreported, altered } = await itemsToNotify(database.app, { kind, owner, way }, keys);
  const fresh = items.filter(({ thing: item }) => unreported.has(item));
  // the other items are reported, and the run reports the failure
  if (altered.length > 0) failures.push(new Problem('rows_unauthenticated', { table: 'reminder_told' }));
  if (fresh.length === 0) return true;
  const described = describedOf(fresh);
  const id = uuid7(run.now());
  const { isSkipped } = await run.act({
    change: { kind: 'Reminder', id, of: owner, ways: way, things: itemsIn(described) },
    work: async (transaction) =>
      (await insertReminder(transaction, { id, kind, owner, way, said: described, at: run.now() }, [
        ...unreported,
      ]))
        ? undefined
        : 'skip',
  });
  if (isSkipped === true) return false;
  wake();
  return true;
}
