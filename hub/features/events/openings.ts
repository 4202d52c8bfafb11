/** What published events do under the response plans of their topic: they open, and they close what is open. */
import { Problem } from '../../../terms/problem.ts';
import type { Registry } from '../../registry/registry.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { closeKeyOf, maxOpen, openingOf, opensUnder } from './plan.ts';
import type { NewEvent } from './store/events.ts';
import {
  closeOpenEvent,
  countOpen,
  insertOpenEvent,
  openWithKey,
  type NewOpenEvent,
} from './store/openEvents.ts';
import type { TopicPlan } from './store/plans.ts';

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
  for (const event of plans.length === 0 ? [] : events) {
    const dataset = datasets.get(event.type);
    const data = JSON.parse(event.data) as Readonly<Record<string, unknown>>; // written by readEvents
    const opening = plans.find(
      (plan) =>
        plan.live && plan.type === event.type && dataset !== undefined && opensUnder(plan, dataset, data),
    );
    if (opening !== undefined) {
      moves.push({ opens: openingOf(opening, event, data, now) });
      moved.push(opening);
    }
    for (const plan of plans) {
      const { closedBy } = plan.document;
      if (closedBy?.type !== event.type) continue;
      const { code, revision } = plan;
      moves.push({ closes: { plan: code, revision, key: closeKeyOf(data[closedBy.field]) } });
      moved.push(plan);
    }
  }
  return { moves, movesPurpose: moved.some(({ purpose }) => purpose !== null) };
}

/**
 * Stores them in the transaction of the publication; the topic is locked.
 * @param at.exchange log entry of the publication @param at.now Unix milliseconds
 * @throws Problem open_events_full
 */
export async function storeOpenings(
  transaction: Transaction,
  { moves }: Openings,
  { exchange, now }: { readonly exchange: string; readonly now: number },
): Promise<void> {
  const open = new Map<string, number>();
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
        await closeOpenEvent(transaction, id, { at: now, cause: 'event', exchange });
        open.delete(plan);
      }
    }
  }
}
