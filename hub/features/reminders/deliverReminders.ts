/**
 * Delivers queued reminders by mail and to webhooks, by the dispatcher of all deliveries. Mail and webhooks are separate kinds of sink, so a
 * mail server that does not answer takes no place of webhooks. A crash during an attempt sends the reminder again, under the same id.
 */
import { reminderType, signJws } from '../../../certs/jws.ts';
import type { SigningKey } from '../../../certs/signatures/key.ts';
import { networkFault } from '../../../terms/faultWords.ts';
import { Problem } from '../../../terms/problem.ts';
import { defined } from '../../../terms/defined.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import type { ReminderConfig } from '../../platform/config/hubConfig.ts';
import type { Database } from '../../platform/database/database.ts';
import { itemsIn, refuseOtherHost, reminderText, type ReminderPlace } from '../../domain/reminder.ts';
import {
  Dispatcher,
  type ClaimedSink,
  type DispatcherLimits,
  type Sinks,
  type Turn,
} from '../../flows/deliveries/dispatcher.ts';
import { untilRetry, type RetrySchedule } from '../../flows/deliveries/retrySchedule.ts';
import type { sealerOf } from '../../flows/sealer.ts';
import { theHub, type AuditLog } from '../../log/draft.ts';
import { entry } from '../../log/entry.ts';
import { DecideAfresh } from '../../pipeline/call.ts';
import type { ReportFailure } from '../../pipeline/reply.ts';
import { openAddress } from './reminderSecret.ts';
import { callWebhook, mailMessage, sendMail } from './sendMail.ts';
import { addressAt, dropReminderAddress, type SealedAddress } from './store/addresses.ts';
import { buryReminders, nextReminder, type ReminderRow } from './store/reminders.ts';
import {
  anyAddress,
  claimAddresses,
  noteDelivered,
  releaseAddress,
  setBackAddress,
  type ClaimedAddress,
} from './store/reminderStates.ts';

export interface ReminderLimits extends RetrySchedule, DispatcherLimits {
  /** milliseconds for one reminder and its answer; less than leaseMs */
  readonly patienceMs: number;
}

const usual: Omit<ReminderLimits, 'windowMs'> = {
  firstMs: 5_000,
  maxMs: 3_600_000,
  patienceMs: 20_000,
  leaseMs: 60_000,
  pollMs: 1_000,
  maxBusy: 16,
  maxFailing: 8,
  maxOfOwner: 8,
};

interface ReminderNeeds {
  readonly database: Pick<Database, 'app' | 'now'>;
  readonly audit: Pick<AuditLog, 'append'>;
  readonly sealer: ReturnType<typeof sealerOf>;
  readonly key: SigningKey;
  /** the hub's name as people know it, and the address of the console */
  readonly place: { readonly hub: string; readonly console: string };
  readonly config: ReminderConfig;
  /** hours after which a reminder that was not taken becomes a dead letter */
  readonly retryHours: number;
  readonly report: ReportFailure;
}

type Services = ReminderNeeds & { readonly limits: ReminderLimits };
type Claimed = ClaimedAddress & ClaimedSink;

export interface ReminderDeliveries {
  /** reminders were stored, or are sent again: deliveries are searched now */
  readonly wake: () => void;
  /** Ends what is under way; it is sent again by another process, or at the next start. */
  readonly close: () => Promise<void>;
}

/** @param limits where they are not the usual ones; false: this process delivers nothing */
export function openReminderDeliveries(
  needs: ReminderNeeds,
  limits: Partial<ReminderLimits> | false = {},
): ReminderDeliveries {
  if (limits === false) return { wake: () => undefined, close: () => Promise.resolve() };
  const all = { ...usual, windowMs: needs.retryHours * 3_600_000, ...limits };
  const { report, database } = needs;
  const services = { ...needs, limits: all };
  const dispatchers = (['mail', 'webhook'] as const).map(
    (way) => new Dispatcher({ now: database.now, report }, sinksOf(services, way), all),
  );
  const wake = (): void => {
    for (const dispatcher of dispatchers) dispatcher.wake();
  };
  setImmediate(wake);
  return {
    wake,
    close: async () => {
      await Promise.all(dispatchers.map((dispatcher) => dispatcher.close()));
    },
  };
}

const sinksOf = (services: Services, way: ReminderPlace['way']): Sinks<Claimed> => {
  const { database, limits } = services;
  const { app } = database;
  return {
    operation: 'sendReminders',
    claim: async (requested) =>
      (await claimAddresses(app, way, requested, database.now() - limits.windowMs)).map((claimed) => ({
        ...claimed,
        key: `${claimed.kind} ${claimed.owner}`,
      })),
    any: () => anyAddress(app, way),
    deliver: (claimed, turn) => deliverTo(services, claimed, turn),
    release: (claimed) => releaseAddress(app, claimed),
  };
};

/** Sends one reminder after the other, until one fails or none is left. */
async function deliverTo(services: Services, claimed: Claimed, turn: Turn): Promise<void> {
  const { database, limits } = services;
  const { app } = database;
  let state = claimed;
  while (turn.goesOn() && database.now() + limits.patienceMs <= turn.until) {
    const before = database.now() - limits.windowMs;
    const [address, reminder] = await Promise.all([
      addressAt(app, claimed),
      nextReminder(app, claimed, before),
    ]);
    if (address === undefined) return;
    if (reminder === undefined) {
      // taken for reminders that the hub did not write: without a pause it would be taken again at once
      const next = database.now() + limits.leaseMs;
      if (state === claimed)
        await setBackAddress(app, claimed, {
          ...claimed,
          trouble: 'rows_unauthenticated',
          status: null,
          next,
        });
      return;
    }
    const answer = await attempted(services, address, reminder, turn.signal);
    if (answer.trouble === null) {
      if (!(await noteDelivered(app, claimed, reminder.id))) return;
      // a later failure is the first one again
      state = { ...claimed, attempts: 0, failingSince: null };
      continue;
    }
    // the hub stops, and nothing is known of the sink
    if (turn.signal.aborted) return;
    if (answer.status === 410 && address.way === 'webhook') return gone(services, address);
    return failed(services, state, answer.trouble, answer);
  }
}

interface Attempt {
  /** code of the problem; null: taken */
  readonly trouble: string | null;
  /** of SMTP or HTTP; null where there was no answer */
  readonly status: number | null;
  /** milliseconds that the server asks to wait */
  readonly retryAfter: number;
}

const taken: Attempt = { trouble: null, status: null, retryAfter: 0 };

async function attempted(
  { sealer, config, place, key, database, limits }: Services,
  row: SealedAddress,
  { id, said }: ReminderRow,
  stopping: AbortSignal,
): Promise<Attempt> {
  try {
    const address = openAddress(sealer, row);
    // the operator may have changed the permitted hosts since the address was set
    refuseOtherHost(config, row.way, address);
    const at = database.now();
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(limits.patienceMs)]);
    if (row.way === 'mail' && config.mail !== undefined) {
      const { from } = config.mail;
      const message = mailMessage({ from, to: address, id, at }, reminderText(said, place));
      await sendMail(config.mail, { from, to: address, message }, signal);
    }
    if (row.way === 'webhook' && config.webhooks !== undefined) {
      const claims = {
        v: 1,
        jti: id,
        iss: place.console,
        aud: address,
        iat: Math.floor(at / 1000),
        hub: place.hub,
        department: row.owner,
        things: itemsIn(said),
        counts: said.counts,
        // by name: what else the stored row holds is not signed
        ...defined({ nearest: said.nearest }),
      };
      const token = signJws(claims, key, { typ: reminderType });
      const { status, retryAfter } = await callWebhook(config.webhooks, address, token, { signal, now: at });
      if (status < 200 || status > 299) return { trouble: 'reminder_refused', status, retryAfter };
    }
    return taken;
  } catch (error) {
    const { code, facts } = problemOf(error);
    const { status } = facts;
    return { trouble: code, status: typeof status === 'number' ? status : null, retryAfter: 0 };
  }
}

/** The text of a server or network error is not stored: it may contain the address. */
function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = networkFault(code) ?? { zh: '没有及时应答', en: 'there was no answer in time' };
  return new Problem('reminder_unreachable', { reason }, { cause: error });
}

/** It is sent again later. What was not taken for too long becomes dead letters. */
async function failed(
  { database, limits }: Services,
  claimed: Claimed,
  trouble: string,
  { status, retryAfter }: Attempt,
): Promise<void> {
  const { app } = database;
  const now = database.now();
  const failingSince = claimed.failingSince ?? now;
  const before = now - limits.windowMs;
  if (failingSince <= before) await buryReminders(app, claimed, { before, trouble, at: now });
  const attempts = claimed.attempts + 1;
  await setBackAddress(app, claimed, {
    trouble,
    status,
    attempts,
    failingSince,
    next: now + untilRetry(limits, attempts, Math.random(), retryAfter),
  });
}

/** 410: the webhook wants no reminders any more. Its address is deleted, unless it was set again in the meantime. */
async function gone({ database, audit }: Services, address: SealedAddress): Promise<void> {
  const { owner, way } = address;
  const now = database.now();
  const draft = entry({
    exchange: uuid7(now),
    now,
    operation: 'sendReminders',
    kind: 'management',
    actor: theHub,
    facts: { change: { kind: 'ReminderAddress', of: owner, ways: way, act: 'end', status: 410 } },
    work: async (transaction) => {
      if (!(await dropReminderAddress(transaction, address, address.exchange))) throw new DecideAfresh();
    },
    carried: undefined,
    decideAgain: () => {
      throw new DecideAfresh();
    },
  });
  try {
    await audit.append(draft);
  } catch (error) {
    if (!(error instanceof DecideAfresh)) throw error;
  }
}
