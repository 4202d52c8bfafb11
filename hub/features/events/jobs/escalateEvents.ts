/**
 * Missed deadlines of open events, and what is to be sent of those that were closed. Deadlines are rows; the time in memory only wakes the
 * job up, and what passed while no hub ran is done at the next run, stage by stage.
 */
import { createHash } from 'node:crypto';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { transition } from '../../../domain/lifeCycle.ts';
import { reachedStages, stepLife, type ReachedStage, type StepState } from '../../../domain/openEvent.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { exceptAltered } from '../../../platform/database/exceptAltered.ts';
import type { Job, JobRun } from '../../../platform/jobs/job.ts';
import type { Registry } from '../../../registry/registry.ts';
import { topicsByType } from '../../../registry/store/eventTypes.ts';
import type { EscalationNotice } from '../plan.ts';
import { hubSource } from '../readEvents.ts';
import { insertEvents, knownEvents, lockTopic, type NewEvent } from '../store/events.ts';
import {
  authenticDue,
  authenticOpening,
  dueSteps,
  endingEvents,
  hasSilentStages,
  insertEscalation,
  missStep,
  nameNotice,
  nextDue,
  openingsOf,
  silentStages,
  type DuePortion,
  type DueStep,
  type Opening,
  type SilentStage,
} from '../store/deadlines.ts';
import { closedEvent, dropLateClosings, lateClosings, type LateClosing } from '../store/lateClosings.ts';
import {
  checkedClosingFacts,
  closeOpenEvent,
  closingFacts,
  isSameClosing,
  purposeEndedBy,
  type OpenEventRow,
} from '../store/openEvents.ts';
import { authenticPlan, plansOfEvents, type PlanDocument } from '../store/plans.ts';
import { defined, present } from '../../../../terms/defined.ts';

export interface EscalationServices {
  readonly database: Pick<Database, 'app' | 'now'>;
  readonly registry: Pick<Registry, 'current' | 'refresh'>;
}

/** Events, closings or steps that are read at once. */
const maxEvents = 200;
/** Milliseconds between searches for stages that were not made known, while none waits. */
const silentMs = 30_000;
/** Days within which a stage is still made known to subscribers. */
const silentDays = 30;
const dayMs = 86_400_000;

export function escalateEvents(services: EscalationServices): Job {
  const { database } = services;
  let next: number | undefined;
  let silentAt: number | undefined;
  let lastSilent: SilentStage | undefined;
  return {
    name: 'escalateEvents',
    // another process may have opened an event: no step is due sooner than this
    every: 5_000,
    early: () => next !== undefined && next <= database.now(),
    lease: 30_000,
    run: async (run) => {
      next = undefined;
      const failures: unknown[] = [];
      let more = false;
      for (const works of [endings, closings, missedSteps]) {
        const isFull = await workThrough(run, failures, (portion) => works(run, services, portion));
        if (run.signal.aborted) return { failures };
        more ||= isFull;
      }
      if (silentAt === undefined || silentAt <= run.now()) {
        const found = await withoutError(failures, () => publishSilent(run, services, failures, lastSilent));
        if (found !== undefined) lastSilent = found.last;
        silentAt = run.now() + (found?.waits === true ? 0 : silentMs);
        more ||= lastSilent !== undefined;
      }
      // what is due and was altered is read again after the usual time
      next = await nextDue(database.app, failures.length > 0 ? run.now() : undefined);
      return { more, failures };
    },
  };
}

/** What is to be done in an event. */
interface EventWork {
  readonly event: string;
  readonly work: () => Promise<unknown>;
}

/**
 * Does the work of a portion. An event that was changed past the hub is left out; after a full portion with such events, the next portion is
 * read without them. If the read itself is refused, because too many rows have no valid seal, this kind of work is skipped until the next run.
 * @returns whether there is more
 */
async function workThrough(
  run: JobRun,
  failures: unknown[],
  read: (portion: DuePortion) => Promise<{ readonly works: readonly EventWork[]; readonly isFull: boolean }>,
): Promise<boolean> {
  const altered: string[] = [];
  for (;;) {
    const known = altered.length;
    const wanted = {
      now: run.now(),
      maxEvents,
      // rows without a valid seal are reported once
      failures: known === 0 ? failures : [],
      without: altered,
    };
    const due = await exceptAltered(failures, () => read(wanted));
    if (due === undefined) return false;
    const { works, isFull } = due;
    for (const { event, work } of works) {
      if (run.signal.aborted) return false;
      const isDone = await exceptAltered(failures, () => work().then(() => true));
      if (isDone === undefined) altered.push(event);
    }
    if (!isFull || altered.length === known) return isFull;
  }
}

async function endings(run: JobRun, services: EscalationServices, portion: DuePortion) {
  const events = await endingEvents(services.database.app, portion);
  const works = events.map((event) => ({ event: event.id, work: () => end(run, services, event) }));
  return { works, isFull: events.length === portion.maxEvents };
}

async function closings(run: JobRun, services: EscalationServices, portion: DuePortion) {
  const late = await lateClosings(services.database.app, portion);
  const works = [...recipientsByEvent(late)].map(([event, recipients]) => ({
    event,
    work: () => closeLate(run, services, event, recipients),
  }));
  return { works, isFull: late.length === portion.maxEvents };
}

async function missedSteps(run: JobRun, services: EscalationServices, portion: DuePortion) {
  const { app } = services.database;
  const due = await dueSteps(app, portion);
  if (due.length > 0) await services.registry.refresh();
  const { openings, planOf, topics } = await plannedFor(services, due);
  const works = due.map((step) => ({
    event: step.event,
    work: async () => {
      const opening = authenticOpening(openings.get(step.event));
      const plan = authenticPlan(planOf(opening));
      const topic = topics.get(plan.noticeType ?? '');
      await miss(run, services, { ...step, ...opening }, { plan, topic });
    },
  }));
  return { works, isFull: due.length === portion.maxEvents };
}

/** What the events of steps opened under, with the topics of the notices of their plans. */
async function plannedFor(
  { database: { app } }: EscalationServices,
  steps: readonly Pick<DueStep, 'event'>[],
) {
  const openings = await openingsOf(app, steps);
  const opened = [...openings.values()];
  const planOf = await plansOfEvents(app, opened);
  const types = opened.flatMap((opening) => planOf(opening)?.noticeType ?? []);
  return { openings, planOf, topics: await topicsByType(app, types) };
}

/**
 * An event whose time is over. Where another event of its purpose opened or closed in the meantime, or it reached a further department, the
 * next run closes it.
 */
async function end(run: JobRun, { database }: EscalationServices, event: OpenEventRow): Promise<void> {
  const { id, plan, department } = event;
  const stated = await checkedClosingFacts(database.app, event);
  await run.act({
    provider: department,
    change: { act: 'close', event: id, plan, ...stated },
    work: async (transaction, exchange) => {
      const at = { at: run.now(), cause: 'time', exchange } as const;
      if (!(await closeOpenEvent(transaction, id, at))) return 'skip';
      return isSameClosing(await closingFacts(transaction, event), stated) ? undefined : 'skip';
    },
    bumpsEpoch: event.purpose !== null,
  });
}

function recipientsByEvent(late: readonly LateClosing[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { event, recipient } of late) found.set(event, [...(found.get(event) ?? []), recipient]);
  return found;
}

/**
 * The closing of an event for departments that the entry of its closure does not name. The entry states what that of a closure does.
 * @throws Problem rows_unauthenticated where the event was changed past the hub
 */
async function closeLate(
  run: JobRun,
  { database }: EscalationServices,
  closed: string,
  recipients: readonly string[],
): Promise<void> {
  const event = await closedEvent(database.app, closed);
  const { id, plan, department, cause, closingCode, closingReason } = event;
  const purpose = await purposeEndedBy(database.app, event);
  await run.act({
    provider: department,
    change: {
      act: 'closeLate',
      event: id,
      plan,
      departments: recipients.join(' '),
      ...present({ cause, code: closingCode, reason: closingReason }),
      ...defined({ purpose }),
    },
    work: async (transaction) => {
      if (!(await dropLateClosings(transaction, id, recipients))) return 'skip';
      // another event of the purpose may have opened or closed in the meantime: the next run states what is true then
      return (await purposeEndedBy(transaction, event)) === purpose ? undefined : 'skip';
    },
  });
}

/** One department's step: late, and every stage that is due by now. */
async function miss(
  run: JobRun,
  services: EscalationServices,
  step: DueStep,
  { plan, topic }: { readonly plan: PlanDocument; readonly topic: string | undefined },
): Promise<void> {
  const { event, plan: code, department, publisher, stage: done, dueAt } = step;
  const planned = plan.steps.find(({ id }) => id === step.step);
  const { reached, next } = reachedStages(
    { escalations: planned?.escalations ?? [] },
    dueAt,
    done,
    run.now(),
  );
  const what = `event ${event}` as const;
  const late: StepState =
    step.state === 'waiting' ? transition(stepLife, what, step.state, 'miss') : step.state;
  const state = reached.reduce((from: StepState) => transition(stepLife, what, from, 'escalate'), late);
  const stage = done + reached.length;
  await run.act({
    provider: publisher,
    consumer: department,
    change: {
      act: reached.length === 0 ? 'miss' : 'escalate',
      event,
      plan: code,
      step: step.step,
      stage,
      ...(reached.length === 0 ? {} : { to: reached.map((one) => one.department ?? department).join(' ') }),
    },
    work: async (transaction, exchange) => {
      const notices = reached.map((one) => noticeOf(services, plan, step, one));
      const stored = notices.filter((notice) => notice !== undefined);
      // the topic first, as a publication does: two that wait for each other would both fail
      const last =
        stored.length === 0 || topic === undefined ? undefined : await lockTopic(transaction, topic);
      // a department acknowledged, or the event was closed
      if (!(await missStep(transaction, step, { state, stage, next }))) return 'skip';
      if (last !== undefined && topic !== undefined)
        await insertEvents(transaction, topic, last, stored, exchange);
      await escalated(transaction, exchange, notices);
      return undefined;
    },
  });

  async function escalated(
    transaction: Transaction,
    exchange: string,
    notices: readonly ReturnType<typeof noticeOf>[],
  ): Promise<void> {
    for (const [at, one] of reached.entries()) {
      const recipient = one.department ?? department;
      const notice = notices[at]?.id ?? null;
      await insertEscalation(transaction, step, one, { recipient, at: run.now(), exchange, notice });
    }
  }
}

/** Does a part of the work whose errors must not end the others. @returns undefined where it failed */
async function withoutError<T>(failures: unknown[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    failures.push(error);
    return undefined;
  }
}

/**
 * Publishes a portion of the stages that were reached while the type of their notices was suspended, each once: the stage then names its
 * event, which may be deleted before.
 * @param after the last stage of the portion before
 * @returns the last stage where more may follow; whether some wait, also for their type
 */
async function publishSilent(
  run: JobRun,
  services: EscalationServices,
  failures: unknown[],
  after: SilentStage | undefined,
): Promise<{ readonly last: SilentStage | undefined; readonly waits: boolean }> {
  const { app } = services.database;
  await services.registry.refresh();
  const { datasets } = services.registry.current;
  const typesIn = (state: string): string[] =>
    [...datasets.values()].flatMap(({ row }) =>
      row.mode === 'events' && row.state === state ? [row.id] : [],
    );
  const since = run.now() - silentDays * dayMs;
  const portion = { since, types: typesIn('published'), after, maxEvents, failures };
  const stages = await silentStages(app, portion);
  const { openings, planOf, topics } = await plannedFor(services, stages);
  for (const stage of stages) {
    if (run.signal.aborted) return { last: after, waits: true };
    await withoutError(failures, async () => {
      const opening = authenticOpening(openings.get(stage.event));
      const plan = planOf(opening);
      const topic = topics.get(plan?.noticeType ?? '');
      if (plan === undefined || topic === undefined) return;
      const silent = { ...stage, ...opening, dueAt: await authenticDue(app, stage) };
      const notice = noticeOf(services, plan, silent, { ...stage, department: stage.recipient });
      if (notice !== undefined) await publishLate(run, silent, { topic, notice });
    });
  }
  if (stages.length === maxEvents) return { last: stages.at(-1), waits: true };
  return { last: undefined, waits: await hasSilentStages(app, since, typesIn('suspended')) };
}

/** One stage. Another process may have published it in the meantime, or a hub that did not write it down with the stage. */
async function publishLate(
  run: JobRun,
  silent: SilentStage & Opening,
  { topic, notice }: { readonly topic: string; readonly notice: NewEvent },
): Promise<void> {
  const { event, plan, step, department, publisher, stage } = silent;
  await run.act({
    provider: publisher,
    consumer: department,
    change: { act: 'notify', event, plan, step, stage },
    work: async (transaction, exchange) => {
      const last = await lockTopic(transaction, topic);
      if (last === undefined) return 'skip';
      const known = (await knownEvents(transaction, topic, [notice.given])).get(notice.given);
      if (!(await nameNotice(transaction, silent, known?.id ?? notice.id))) return 'skip';
      if (known === undefined) await insertEvents(transaction, topic, last, [notice], exchange);
      return undefined;
    },
  });
}

/** Source and id of the notice of a stage. */
const givenOf = (
  { event, step, department }: Pick<DueStep, 'event' | 'step' | 'department'>,
  stage: number,
): string => `${hubSource}\n${event} ${step} ${department} ${stage}`;

/** The event that notifies subscribers of a stage; undefined where the plan names no type, or its type takes no events now. */
function noticeOf(
  { database, registry }: EscalationServices,
  plan: PlanDocument,
  due: Pick<DueStep, 'event' | 'plan' | 'step' | 'department' | 'dueAt'>,
  { stage, role, department: to }: Pick<ReachedStage, 'stage' | 'role' | 'department'>,
): NewEvent | undefined {
  const { event, plan: code, step, department, dueAt } = due;
  const dataset = registry.current.datasets.get(plan.noticeType ?? '');
  const notice: EscalationNotice = {
    event,
    plan: code,
    step,
    department,
    stage,
    recipient: to ?? department,
    role,
    due: new Date(dueAt).toISOString(),
  };
  if (dataset?.row.state !== 'published' || !dataset.compiled.check(notice)) return undefined;
  const now = database.now();
  const id = uuid7(now);
  const data = JSON.stringify(notice);
  return {
    id,
    type: dataset.row.id,
    given: givenOf(due, stage),
    digest: createHash('sha256').update(data).digest(),
    time: now,
    schema: dataset.schema.urn,
    subject: null,
    data,
  };
}
