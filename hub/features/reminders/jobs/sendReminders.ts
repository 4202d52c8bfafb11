/**
 * Notifies persons and departments by mail or webhook that new items wait for them. Each item is reported once for each address, by a log
 * entry. A reminder contains numbers and no names. A reminder that a server does not accept is tried again, and the operator is notified.
 */
import { reminderType, signJws } from '../../../../certs/jws.ts';
import type { SigningKey } from '../../../../certs/signatures/key.ts';
import { networkFault } from '../../../../terms/faultWords.ts';
import { Problem } from '../../../../terms/problem.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import type { ReminderConfig } from '../../../platform/config/hubConfig.ts';
import {
  reminderText,
  describedOf,
  itemsIn,
  untilNextAttempt,
  type ReminderPlace,
  type PendingItem,
  refuseOtherHost,
} from '../../../domain/reminder.ts';
import { openAddress } from '../reminderSecret.ts';
import type { sealerOf } from '../../../flows/sealer.ts';
import type { Database } from '../../../platform/database/database.ts';
import { dropReminderAddress, listReminderAddresses, type ReminderAddressRow } from '../store/addresses.ts';
import {
  forgetNotified,
  insertReminder,
  isOnItsWay,
  noteAttempt,
  takeReminder,
  untoldOf,
  type ReminderRow,
} from '../store/reminders.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';
import { sendMail, mailMessage, callWebhook } from './sendMail.ts';

export interface ReminderServices {
  readonly database: Pick<Database, 'app'>;
  readonly sealer: ReturnType<typeof sealerOf>;
  readonly key: SigningKey;
  /** the hub's name as people know it, and the address of the console */
  readonly place: { readonly hub: string; readonly console: string };
  readonly config: ReminderConfig;
  /** the items that wait for the owner now; undefined: the owner no longer exists */
  readonly waiting: (
    place: Pick<ReminderPlace, 'kind' | 'owner'>,
    now: number,
  ) => Promise<readonly PendingItem[] | undefined>;
}

const page = 100;
/** Milliseconds without a result after which an attempt is made again: longer than any attempt takes. */
const silence = 120_000;

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
        if (await gathered(services, row, run)) await sent(services, row, run);
      }
      after = rows.length < page ? undefined : rows.at(-1);
    } while (after !== undefined);
    return {};
  },
});

/** Creates the reminder of new items, unless an earlier one is still being sent. @returns whether the owner still exists */
async function gathered(
  { database, waiting }: ReminderServices,
  place: ReminderPlace,
  run: JobRun,
): Promise<boolean> {
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
    return false;
  }
  const keys = [...new Set(items.map(({ thing: item }) => item))];
  await forgetNotified(app, place, keys);
  if (await isOnItsWay(app, place)) return true;
  const untold = await untoldOf(app, place, keys);
  const fresh = items.filter(({ thing: item }) => untold.has(item));
  if (fresh.length === 0) return true;
  const said = describedOf(fresh);
  const id = uuid7(run.now());
  await run.act({
    change: { kind: 'Reminder', id, of: owner, ways: way, things: itemsIn(said) },
    work: (transaction) =>
      insertReminder(transaction, { id, kind, owner, way, said, at: run.now() }, [...untold]),
  });
  return true;
}

async function sent(services: ReminderServices, row: ReminderAddressRow, run: JobRun): Promise<void> {
  const { app } = services.database;
  const taken = await takeReminder(app, row, run.now(), run.now() + silence);
  if (taken === undefined) return;
  const trouble = await attempted(services, row, taken, run);
  const wait = trouble === null ? undefined : untilNextAttempt(taken.attempts);
  const now = run.now();
  await noteAttempt(app, taken.id, now, { trouble, next: wait === undefined ? undefined : now + wait });
}

/** @returns the code of the failure, null where it was accepted */
async function attempted(
  services: ReminderServices,
  row: ReminderAddressRow,
  { id, said }: ReminderRow,
  run: JobRun,
): Promise<string | null> {
  const { sealer, config, place, key } = services;
  try {
    const address = openAddress(sealer, row);
    // the operator may have changed the permitted hosts since the address was set
    refuseOtherHost(config, row.way, address);
    const at = run.now();
    if (row.way === 'mail' && config.mail !== undefined) {
      const { from } = config.mail;
      const message = mailMessage({ from, to: address, id, at }, reminderText(said, place));
      await sendMail(config.mail, { from, to: address, message }, run.signal);
    }
    if (row.way === 'webhook' && config.webhooks !== undefined) {
      const claims = {
        ...{ v: 1, jti: id, iss: place.console, aud: address, iat: Math.floor(at / 1000) },
        ...{ hub: place.hub, department: row.owner, things: itemsIn(said), ...said },
      };
      await callWebhook(config.webhooks, address, signJws(claims, key, { typ: reminderType }), run.signal);
    }
    return null;
  } catch (error) {
    return problemOf(error).code;
  }
}

/** The text of a server or network error is not stored: it may contain the address. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = networkFault(code) ?? { zh: '没有及时应答', en: 'there was no answer in time' };
  return new Problem('reminder_unreachable', { reason }, { cause: error });
}
