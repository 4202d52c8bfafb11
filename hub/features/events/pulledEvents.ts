/** The next events of a subscription as an answer: decided, filtered, consented and masked; with its entry the cursor is acknowledged. */
import { randomInt } from 'node:crypto';
import { describedObligations } from '../../../policies/obligations/describedObligations.ts';
import { Problem } from '../../../terms/problem.ts';
import { defined } from '../../../terms/defined.ts';
import { allowed, type Call, type Outcome } from '../../pipeline/call.ts';
import type { Acting } from '../../flows/actingDepartment.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { openCursor, sealCursor } from '../../flows/cursor.ts';
import {
  openDataset,
  whenAllowed,
  type AllowedCall,
  type Requested,
} from '../../flows/release/allowedCall.ts';
import { counted } from '../../flows/release/quotas.ts';
import { asSubscribed, type Received } from './asSubscribed.ts';
import { releasableEvents, type ReleasableEvents } from './nextEvents.ts';
import { openedOf, releasedEvents } from './releasedEvents.ts';
import type { EventServices } from './services.ts';
import { nextRun } from './store/events.ts';
import { noteDeliveries } from './store/acknowledgements.ts';

/** Events of one answer, at most. */
const maxEvents = 1_000;
/** Minimum number of events that one call reads; at most twice as many, drawn anew for each: their number reveals nothing about what was withheld. */
const minLooked = 5_000;

/** How many events a call may read. */
export const eventsToRead = (): number => minLooked + randomInt(minLooked);

/** What a call asks of a subscription. */
export interface Asking {
  /** cursor of the answer after which it begins; undefined: after what the consumer acknowledged */
  readonly after: string | undefined;
  readonly limit: number | undefined;
  /** Unix milliseconds, database clock, until which it waits for an event */
  readonly deadline: number;
  /** name of its wait: a later call with this name ends it */
  readonly waiter: string;
  /** whether the consumer takes over what it receives; a person who watches changes nothing */
  readonly takes: boolean;
}

export interface Pull {
  readonly subscription: Received;
  /** the text that acknowledges everything up to the event with this number */
  readonly cursor: (upTo: bigint) => string;
  /**
   * Stores what the call acknowledges, in the transaction of its entry; undefined: nothing new.
   * @param searched number of the event up to which nothing may leave; undefined: the answer has events
   */
  readonly acknowledge: ((transaction: Transaction, searched?: bigint) => Promise<void>) | undefined;
  readonly limit: number | undefined;
  /** number of the event after which it begins */
  readonly place: bigint;
  /** events that it may still read */
  readonly left: number;
}

/** There is nothing after this place. */
export type NothingAfter = Pick<Pull, 'place' | 'left'>;

/** The next events as an answer. Where all that was read is withheld, it goes on after it, as long as it may read more. */
export async function nextAnswer(
  services: EventServices,
  call: Call<Acting>,
  pull: Pull,
): Promise<Outcome | NothingAfter> {
  const { subscription, place, left, limit } = pull;
  const { app, now: clock } = services.database;
  const run = await nextRun(app, subscription, place, Math.min(limit ?? maxEvents, left));
  if (run === undefined) return { place, left };
  const now = clock();
  const asking = asSubscribed(call, subscription, run.type, now);
  return whenAllowed<Outcome | NothingAfter>(asking, services, requestedOf(pull), async (allowedCall) => {
    const { permission } = allowedCall;
    const dataset = openDataset(services.registry, permission);
    const stored = run.events.slice(0, permission.limits.rowsPerCall);
    const releasable = await releasableEvents(services, subscription, permission, dataset, stored, now);
    const to = stored.at(-1)?.sequence ?? place;
    const rest = left - stored.length;
    if (releasable.events.length === 0 && rest > 0)
      return nextAnswer(services, call, { ...pull, place: to, left: rest });
    return answer(services, asking, pull, allowedCall, { releasable, to, more: true });
  });
}

/** An answer without events, decided like any other: nothing is left after the place where it begins. */
export function emptyAnswer(
  services: EventServices,
  call: Call<Acting>,
  pull: Omit<Pull, 'left'>,
): Promise<Outcome> | Outcome {
  const { subscription, place } = pull;
  const now = services.database.now();
  const asking = asSubscribed(call, subscription, subscription.types[0] ?? '', now);
  return whenAllowed(asking, services, requestedOf(pull), async (allowedCall) => {
    const { permission } = allowedCall;
    const dataset = openDataset(services.registry, permission);
    const releasable = await releasableEvents(services, subscription, permission, dataset, [], now);
    return answer(services, asking, pull, allowedCall, { releasable, to: place, more: false });
  });
}

const requestedOf = ({ subscription, limit }: Pick<Pull, 'subscription' | 'limit'>): Requested => ({
  filter: subscription.filter,
  events: true,
  ...defined({ limit }),
});

interface Found {
  readonly releasable: ReleasableEvents;
  /** the answer covers everything up to here */
  readonly to: bigint;
  readonly more: boolean;
}

function answer(
  services: EventServices,
  call: Call<Acting>,
  { subscription, cursor, acknowledge }: Omit<Pull, 'left'>,
  allowedCall: AllowedCall,
  { releasable, to, more }: Found,
): Outcome {
  const { permission, attempt } = allowedCall;
  const opened = openedOf(releasable);
  const released = releasedEvents(services, subscription, allowedCall, releasable, call);
  const { events, claim, correction, facts, subjects } = released;
  const outcome = allowed<'pullEvents'>(
    200,
    {
      subscription: subscription.id,
      events: [...events],
      next: cursor(to),
      more,
      withheld: permission.withheld,
      rows: {
        delivered: events.length,
        withheld: releasable.check === undefined ? 0 : ('undisclosed' as const),
      },
      ...(permission.obligations.length === 0
        ? {}
        : { obligations: describedObligations(permission.obligations, call.now) }),
      ...correction,
    },
    {
      facts,
      subjects,
      attempt,
      privatePart: claim?.privatePart,
      confirm: claim?.confirm,
      ...(acknowledge !== undefined || opened.length > 0
        ? {
            work: async (transaction) => {
              await claim?.work?.(transaction);
              await acknowledge?.(transaction, events.length === 0 ? to : undefined);
              if (opened.length > 0)
                await noteDeliveries(transaction, opened, {
                  exchange: call.exchange,
                  subscription: subscription.id,
                  department: subscription.department,
                  at: call.now,
                  receipt: null,
                });
            },
          }
        : { work: claim?.work, atOnce: claim?.atOnce }),
    },
  );
  // an answer without events is no use of the agreement
  return events.length === 0
    ? outcome
    : counted(outcome, permission, call.now, { calls: 1, rows: events.length });
}

/** What a cursor is bound to: one of another subscription does not open. @param topic the topic, or a pattern of topics */
const contextOf = ({ id, department, topic }: Pick<Received, 'id' | 'department' | 'topic'>) => ({
  consumer: department,
  agreement: '',
  policy: '',
  dataset: topic,
  query: `subscription ${id}`,
});

type CursorOwner = Parameters<typeof contextOf>[0];

/** @param values what the cursor states: the number of an event first */
export const sealedPlace = ({ keys }: EventServices, owner: CursorOwner, values: readonly string[]): string =>
  sealCursor(keys.cursor, contextOf(owner), { batch: undefined, position: { values, row: 0 } });

/** @returns what `sealedPlace` sealed for the same subscription @throws Problem cursor_invalid */
export function openedPlace(
  { keys }: EventServices,
  owner: CursorOwner,
  cursor: string,
): { readonly place: bigint; readonly rest: readonly string[] } {
  const [place, ...rest] = openCursor(keys.cursor, contextOf(owner), cursor).position.values;
  if (typeof place !== 'string') throw new Problem('cursor_invalid');
  return { place: BigInt(place), rest: rest.map(String) };
}
