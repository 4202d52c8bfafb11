/**
 * Queues reminders for persons and departments for whom new items wait. Each item is reported once for each address, by a log entry. A
 * reminder contains numbers and no names. `deliverReminders.ts` sends it.
 */
import { uuid7 } from '../../../../machine/uuid7.ts';
import { describedOf, itemsIn, type ReminderPlace, type PendingItem } from '../../../domain/reminder.ts';
import type { Database } from '../../../platform/database/database.ts';
import { dropReminderAddress, listReminderAddresses, type ReminderAddressRow } from '../store/addresses.ts';
import {
  expireDeadReminders,
  forgetNotified,
  insertReminder,
  isQueued,
  untoldOf,
} from '../store/reminders.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';

export interface ReminderServices {
  readonly database: Pick<Database, 'app'>;
  /** a reminder is queued: deliveries are searched now */
  readonly wake: () => void;
  /** the items that wait for the owner now; undefined: the owner no longer exists */
  readonly waiting: (
    place: Pick<ReminderPlace, 'kind' | 'owner'>,
    now: number,
  ) => Promise<readonly PendingItem[] | undefined>;
}

const page = 100;
/** Milliseconds for which dead letters can be sent again. */
const deadLettersMs = 30 * 86_400_000;

export const sendReminders = (services: ReminderServices): Job => ({
  name: 'sendReminders',
  every: 300_000,
  lease: 60_000,
  run: async (run) => {
    const { app } = services.database;
    let after: ReminderAddressRow | undefined;
    do {
      const rows = await listReminderAddresses(app, after, page);
      for (const row of rows) {
        if (run.signal.aborted) return {};
        await gather(services, row, run);
      }
      after = rows.length < page ? undefined : rows.at(-1);
    } while (after !== undefined);
    await expireDeadReminders(app, run.now() - deadLettersMs);
    return {};
  },
});

/** Queues a reminder of new items, unless an earlier one was not taken yet. The address of an owner who left is deleted. */
async function gather(
  { database, waiting, wake }: ReminderServices,
  place: ReminderPlace,
  run: JobRun,
): Promise<void> {
  const { app } = database;
  const { kind, owner, way } = place;
  const items = await waiting(place, run.now());
  if (items === undefined) {
    await run.act({
      change: { kind: 'ReminderAddress', of: owner, ways: way, act: 'end' },
      work: async (transaction) => {
        await dropReminderAddress(transaction, place);
      },
    });
    return;
  }
  const keys = [...new Set(items.map(({ thing: item }) => item))];
  await forgetNotified(app, place, keys);
  if (await isQueued(app, place)) return;
  const untold = await untoldOf(app, place, keys);
  const fresh = items.filter(({ thing: item }) => untold.has(item));
  if (fresh.length === 0) return;
  const said = describedOf(fresh);
  const id = uuid7(run.now());
  await run.act({
    change: { kind: 'Reminder', id, of: owner, ways: way, things: itemsIn(said) },
    work: (transaction) =>
      insertReminder(transaction, { id, kind, owner, way, said, at: run.now() }, [...untold]),
  });
  wake();
}
