/**
 * Deliveries to one webhook, by the process that has its lease:
 *
 *   endpoint proven → next events of one type → decide → filter → consent → mask → entry → send → position
 *
 * A message leaves after its entry is durable. A crash in between sends it again, under the same ids. Events that the release flow refuses
 * stay queued until it allows them or their retention ends. Events that the endpoint does not take are sent again, and become dead letters
 * after `windowMs`.
 */
import { createHash } from 'node:crypto';
import { entryFacts } from '../../../policies/entryFacts.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { Problem } from '../../../terms/problem.ts';
import { withTransaction } from '../../platform/database/transaction.ts';
import { DecideAfresh } from '../../pipeline/call.ts';
import { untilRetry } from '../../flows/deliveries/retrySchedule.ts';
import { claimEffects } from '../../flows/release/entryClaim.ts';
import { decided } from '../../flows/release/allowedCall.ts';
import { quotasOf } from '../../flows/release/quotas.ts';
import {
  allowedOf,
  append,
  registriesCurrent,
  requestOf,
  runOf,
  type Allowed,
  type DispatchServices,
  type Run,
  type Work,
} from './dispatchWork.ts';
import { gone, prove } from './proveWebhook.ts';
import { loggedReceipt } from './receivedReceipt.ts';
import { openedOf, releasedEvents } from './releasedEvents.ts';
import { closedConcerning, noteDeliveries } from './store/acknowledgements.ts';
import { buryLetters, dropLetters, insertDeadLetters } from './store/deadLetters.ts';
import { newestBefore, nextRun, type StoredEvent } from './store/events.ts';
import { advanceWebhook, setBackWebhook } from './store/webhooks.ts';
import { eventsMessage, type WebhookMessage } from './webhookMessage.ts';
import { sendMessage, type Sent } from './webhookSender.ts';

/** Milliseconds until what the release flow refuses is decided again. */
const refusedMs = 5_000;
/** How often a message is made again because what it was decided on changed before its entry. */
const maxAgain = 8;
/** Events of one run that become dead letters together. */
const maxBuried = 1_000;

/** Does what comes next for a webhook. @returns whether there may be more to do at once */
export async function deliverNext(services: DispatchServices, work: Work): Promise<boolean> {
  try {
    if (work.webhook.provenAt === null) return await prove(services, work);
    const run = await runOf(services, work);
    return run !== undefined && (await deliver(services, work, run));
  } catch (error) {
    // proven or ended since it was claimed: it is claimed anew
    if (error instanceof DecideAfresh) return false;
    if (error instanceof Problem && error.status === 503) return postponed(services, work, error);
    throw error;
  }
}

/** A message whose entry is durable. */
interface Ready {
  readonly message: WebhookMessage;
  readonly exchange: string;
  /** ids of its events that were opened under response plans */
  readonly opened: readonly string[];
  /** those of them that are closed and concern the department */
  readonly concerned: readonly string[];
  readonly now: number;
}

interface Logged {
  /** events of the run that were decided */
  readonly stored: readonly StoredEvent[];
  /** undefined: none of them may leave */
  readonly ready: Ready | undefined;
}

/** The release flow refuses; where that begins, the refusal has its entry. */
interface Refused {
  readonly refusal: Problem;
}

/** Writes the entry, then sends. */
async function deliver(services: DispatchServices, work: Work, run: Run): Promise<boolean> {
  const next = await logged(services, work, run);
  if ('refusal' in next) return refused(services, work, next);
  const { stored, ready } = next;
  if (ready === undefined) return taken(services, work, run, stored, false);
  // another process may have it by now
  if (services.database.now() + services.route.patienceMs > work.until) return false;
  const { message, exchange, opened, concerned, now } = ready;
  const { webhook, subscription } = work;
  const sent = await sendMessage(services.route, webhook, subscription.department, message, {
    exchange,
    now,
  });
  if (sent.status === 410) return gone(services, work, uuid7(services.database.now()));
  if (sent.trouble !== null) return failed(services, work, run, sent);
  const received = { type: run.type, exchange };
  const receipt = await loggedReceipt(services, work, sent, received);
  if (receipt === undefined) return failed(services, work, run, { ...sent, trouble: 'receipt' });
  if (opened.length > 0) {
    const delivery = {
      exchange,
      subscription: subscription.id,
      department: subscription.department,
      at: now,
      receipt: receipt.entry,
    };
    await withTransaction(services.pool, (transaction) =>
      noteDeliveries(transaction, opened, delivery, concerned),
    );
  }
  return taken(services, work, run, stored, true);
}

/** Decides a run and writes the entry of its message or refusal; afresh where what it was decided on changed before the entry. */
async function logged(services: DispatchServices, work: Work, run: Run): Promise<Logged | Refused> {
  for (let again = 1; ; again += 1) {
    try {
      return await loggedOnce(services, work, run);
    } catch (error) {
      if (!(error instanceof DecideAfresh)) throw error;
      if (again === maxAgain) throw new Problem('log_busy', {}, { cause: error });
    }
  }
}

/** @throws DecideAfresh; Problem of status 503 where the log or the database accepts nothing now; that is no refusal */
async function loggedOnce(services: DispatchServices, work: Work, run: Run): Promise<Logged | Refused> {
  const epoch = await registriesCurrent(services);
  try {
    const allowed = await allowedOf(services, work, run, epoch);
    const { releasable, stored } = allowed;
    const ready = releasable.events.length === 0 ? undefined : await written(services, work, allowed);
    return { stored, ready };
  } catch (error) {
    if (!(error instanceof Problem) || error.status === 503) throw error;
    if (work.claimed.trouble !== error.code) await writtenRefusal(services, work, run, error, epoch);
    return { refusal: error };
  }
}

/** @throws Problem quota_exhausted, log_busy; DecideAfresh */
async function written(services: DispatchServices, work: Work, allowed: Allowed): Promise<Ready> {
  const { subscription, webhook } = work;
  const { permission, facts, releasable, epoch, now } = allowed;
  const exchange = uuid7(now);
  const released = releasedEvents(services, subscription, { permission, facts }, releasable, {
    exchange,
    now,
  });
  const { claim } = released;
  const opened = openedOf(releasable);
  // what cannot be noted after the message is not sent: it would be sent again and again
  const concerned =
    opened.length === 0
      ? []
      : await closedConcerning(services.pool, opened, { department: subscription.department, exchange });
  const noted = new Set(released.correction.notes?.flatMap(({ records }) => records));
  const message = eventsMessage(
    released.events.map((event, at) =>
      noted.has(at) ? { ...event, datongnote: 'under-correction' } : event,
    ),
    webhook.batch === 1,
  );
  const taking = { calls: 1, rows: released.events.length, bytes: message.body.length };
  await append(services, {
    exchange,
    now,
    kind: 'release',
    facts: released.facts,
    subjects: released.subjects,
    epoch,
    claims: { epoch, quotas: quotasOf(permission, now, taking) },
    answer: { status: 200, digest: digestOf(message.body) },
    ...claimEffects(claim),
  });
  return { message, exchange, opened, concerned, now };
}

const digestOf = (body: Uint8Array): Uint8Array => createHash('sha256').update(body).digest();

/** A run is done: delivered, or nothing of it may leave. */
async function taken(
  services: DispatchServices,
  work: Work,
  { isReplay }: Run,
  stored: readonly StoredEvent[],
  delivered: boolean,
): Promise<boolean> {
  const { app } = services.database;
  const sequences = stored.map(({ sequence }) => sequence);
  if (isReplay) await dropLetters(app, work.subscription.id, sequences);
  const position = isReplay ? work.position : (sequences.at(-1) ?? work.position);
  const until = services.database.now() + services.leaseMs;
  if (!(await advanceWebhook(app, work.claimed, { position, until, delivered }))) return false;
  Object.assign(work, { position, until, ...(delivered ? { attempts: 0, failingSince: null } : {}) });
  return true;
}

/** The endpoint did not take a message: it is sent again later. What was not taken for too long becomes dead letters. */
async function failed(services: DispatchServices, work: Work, run: Run, sent: Sent): Promise<boolean> {
  const { database, schedule } = services;
  const now = database.now();
  const failingSince = work.failingSince ?? now;
  const trouble = sent.trouble ?? 'status';
  if (run.isReplay)
    await buryLetters(
      database.app,
      work.subscription.id,
      run.events.map(({ sequence }) => sequence),
      { trouble, at: now, replayedBefore: now - schedule.windowMs },
    );
  if (now - failingSince >= schedule.windowMs) await bury(services, work, { trouble, now });
  await setBackWebhook(database.app, work.claimed, {
    trouble,
    status: sent.status,
    attempts: work.attempts + 1,
    failingSince,
    next: now + untilRetry(schedule, work.attempts + 1, services.random(), sent.retryAfter),
  });
  return false;
}

/** Of the events stored before the window, those that may leave become dead letters; the others are passed over. */
async function bury(
  services: DispatchServices,
  work: Work,
  { trouble, now }: { readonly trouble: string; readonly now: number },
): Promise<void> {
  const { app } = services.database;
  const { id, topic } = work.subscription;
  const last = await newestBefore(app, topic, now - services.schedule.windowMs);
  while (work.position < last) {
    const run = await nextRun(app, work.subscription, work.position, maxBuried);
    const old = run?.events.filter(({ sequence }) => sequence <= last) ?? [];
    if (run === undefined || old.length === 0) return;
    try {
      const next = { type: run.type, events: old, isReplay: false };
      const { releasable, stored } = await allowedOf(services, work, next, await registriesCurrent(services));
      const dead = releasable.events.map((one) => one.stored.sequence);
      await insertDeadLetters(app, id, topic, dead, { trouble, at: now });
      const position = stored.at(-1)?.sequence ?? work.position;
      const moved = { position, until: work.until, delivered: false };
      if (!(await advanceWebhook(app, work.claimed, moved))) return;
      work.position = position;
    } catch (error) {
      if (!(error instanceof Problem) || error.status === 503) throw error;
      return; // refused by now: it stays queued
    }
  }
}

/** @throws DecideAfresh where newer registrations exist than this process has read: no refusal is based on old ones */
async function writtenRefusal(
  services: DispatchServices,
  { subscription }: Work,
  { type }: Run,
  { code }: Problem,
  epoch: number,
): Promise<void> {
  const { database, registry } = services;
  const now = database.now();
  const request = requestOf(subscription, type);
  await append(services, {
    exchange: uuid7(now),
    now,
    kind: 'release',
    code,
    facts: {
      ...entryFacts(request, decided(request, registry.current, now).decision),
      change: { subscription: subscription.id, topic: subscription.topic },
    },
    claims: { epoch },
  });
}

/** What the release flow refuses stays queued, and is decided again. */
async function refused(services: DispatchServices, work: Work, { refusal }: Refused): Promise<boolean> {
  const { database } = services;
  const { claimed, attempts, failingSince } = work;
  await setBackWebhook(database.app, claimed, {
    trouble: refusal.code,
    status: null,
    attempts,
    failingSince,
    next: database.now() + refusedMs * (1 + services.random()),
  });
  return false;
}

/** The log, or the database, takes nothing now: the events stay queued, without an entry. */
async function postponed(services: DispatchServices, work: Work, { code }: Problem): Promise<boolean> {
  const { claimed, attempts, failingSince } = work;
  await setBackWebhook(services.database.app, claimed, {
    trouble: code,
    status: null,
    attempts,
    failingSince,
    next: services.database.now() + refusedMs,
  });
  return false;
}
