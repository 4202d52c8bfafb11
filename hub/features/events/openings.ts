/** What published events do under the response plans of their topic: they open, and they close what is open. */
import { Problem } from '../../../terms/problem.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { closeKeyOf, maxOpen, openingOf, opensUnder } from './plan.ts';
import type { NewEvent } from './store/events.ts';
import { insertLateClosings } from './store/lateClosings.ts';
import {
  closeOpenEvent,
  countOpen,
  insertOpenEvent,
  openWithKey,
  refuseAlteredConcerns,
  type NewOpenEvent,
} from './store/openEvents.ts';
import { plansOfTopic, type TopicPlan } from './store/plans.ts';

type Move =
  | { readonly opens: NewOpenEvent }
  | { readonly closes: { readonly plan: string; readonly revision: number; readonly key: Buffer } };

export interface Openings {
  /** in the order of the events */
  readonly moves: readonly Move[];
  /** a purpose may open or close */
  readonly movesPurpose: boolean;
}

/**
 * An event opens under one plan: the first by code whose condition it meets. It closes what opened under any revision.
 * @param now Unix milliseconds
 */
export function openingsOf(
  { current: { datasets } }: Pick<Registry, 'current'>,
  plans: readonly TopicPlan[],
  events: readonly NewEvent[],
  now: number,
): Openings {
  const moves: Move[] = [];
  const moved: TopicPlan[] = [];
  const types = new Set(events.map(({ type }) => type));
  const live = plans.flatMap((plan) => {
    const dataset = types.has(plan.type) ? datasets.get(plan.type) : undefined;
    return plan.live && dataset !== undefined ? [{ plan, isMet: opensUnder(plan, dataset) }] : [];
  });
  for (const event of plans.length === 0 ? [] : events) {
    const data = JSON.parse(event.data) as Readonly<Record<string, unknown>>; // written by readEvents
    const opening = live.find(({ plan, isMet }) => plan.type === event.type && isMet(data))?.plan;
    if (opening !== undefined) {
      moves.push({ opens: openingOf(opening, event, data, now) });
      moved.push(opening);
    }
    for (const plan of plans) {
      const { closedBy } = plan.document;
      if (closedBy?.type !== event.type) continue;
      const { code, revision } = plan;
      const key = closeKeyOf(data[closedBy.field]);
      if (key === null) continue;
      moves.push({ closes: { plan: code, revision, key } });
      moved.push(plan);
    }
  }
  return { moves, movesPurpose: moved.some(({ purpose }) => purpose !== null) };
}

/** Of the events that a job publishes to several topics. @param now Unix milliseconds */
export async function openingsOfTopics(
  reader: Reader,
  registry: Pick<Registry, 'current'>,
  events: Iterable<readonly [topic: string, events: readonly NewEvent[]]>,
  now: number,
): Promise<Openings> {
  const all: Openings[] = [];
  for (const [topic, list] of events)
    all.push(openingsOf(registry, await plansOfTopic(reader, topic), list, now));
  return {
    moves: all.flatMap(({ moves }) => moves),
    movesPurpose: all.some(({ movesPurpose }) => movesPurpose),
  };
}

/**
 * Runs the publication of a job, which no full plan may stop: the error of the plan is reported, and the publication runs again without
 * openings under it.
 */
export async function publishWithOpenings(
  openings: Openings,
  failures: unknown[],
  publish: (openings: Openings) => Promise<unknown>,
): Promise<void> {
  try {
    await publish(openings);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== 'open_events_full') throw error;
    const { plan } = error.facts;
    const moves = openings.moves.filter((move) => !('opens' in move && move.opens.plan === plan));
    if (moves.length === openings.moves.length) throw error;
    failures.push(error);
    await publishWithOpenings({ ...openings, moves }, failures, publish);
  }
}

/** Members of the publication's log entry about the events that it opens. */
export function openedFacts({ moves }: Openings): { readonly opened?: number; readonly event?: string } {
  const [first, ...others] = moves.flatMap((move) => ('opens' in move ? [move.opens.id] : []));
  if (first === undefined) return {};
  return { opened: others.length + 1, ...(others.length === 0 ? { event: first } : {}) };
}

/**
 * Stores them in the transaction of the publication; the topic is locked.
 * @param at.exchange log entry of the publication @param at.now Unix milliseconds
 * @throws Problem open_events_full; rows_unauthenticated where rows of an event that is to be closed were changed past the hub
 */
export async function storeOpenings(
  transaction: Transaction,
  { moves }: Openings,
  { exchange, now }: { readonly exchange: string; readonly now: number },
): Promise<void> {
  const open = new Map<string, number>();
  /** their rows get their seals at the end of the transaction */
  const fresh = new Set(moves.flatMap((move) => ('opens' in move ? [move.opens.id] : [])));
  for (const move of moves) {
    if ('opens' in move) {
      const { plan } = move.opens;
      const count = open.get(plan) ?? (await countOpen(transaction, plan));
      if (count >= maxOpen) throw new Problem('open_events_full', { plan, most: maxOpen });
      await insertOpenEvent(transaction, move.opens, exchange);
      open.set(plan, count + 1);
    } else {
      const { plan } = move.closes;
      for (const id of await openWithKey(transaction, move.closes)) {
        if (!fresh.has(id)) await refuseAlteredConcerns(transaction, id);
        // the entry of the publication does not name the departments: a job sends them the closing
        if (await closeOpenEvent(transaction, id, { at: now, cause: 'event', exchange }))
          await insertLateClosings(transaction, id);
        open.delete(plan);
      }
    }
  }
}
