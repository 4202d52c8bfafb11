/** The next events of a subscription as an answer: decided, filtered, consented and masked; with its entry the cursor is acknowledged. */
import { randomInt } from 'node:crypto';
import { describedObligations } from '../../../policies/obligations/describedObligations.ts';
import { Problem } from '../../../terms/problem.ts';
import { defined } from '../../../terms/defined.ts';
import { allowed, type Call, type Outcome } from '../../pipeline/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { openCursor, sealCursor } from '../../flows/cursor.ts';
import { openDataset, whenAllowed, type AllowedCall } from '../../flows/release/allowedCall.ts';
import { counted } from '../../flows/release/quotas.ts';
import { asSubscribed } from './asSubscribed.ts';
import { leavingOf, type Leaving } from './nextEvents.ts';
import { openedOf, releasedEvents } from './releasedEvents.ts';
import type { EventServices } from './services.ts';
import { nextRun } from './store/events.ts';
import { noteDeliveries } from './store/acknowledgements.ts';
import type { SubscriptionRow } from './store/subscriptions.ts';

/** Events of one answer, at most. */
const maxEvents = 1_000;
/** Minimum number of events that one call reads; at most twice as many, drawn anew for each: their number reveals nothing about what was withheld. */
const minLooked = 5_000;

/** How many events a call may read. */
export const eventsToRead = (): number => minLooked + randomInt(minLooked);

export interface Pull {
  readonly subscription: SubscriptionRow;
  /** stores what the call acknowledges, in the transaction of its entry; undefined: nothing new */
  readonly acknowledge: ((transaction: Transaction) => Promise<void>) | undefined;
  readonly limit: number | undefined;
  /** Unix milliseconds, database clock */
  readonly deadline: number;
  /** of a pattern: goes on where the topic has nothing up to a place; undefined: waits, and answers */
  readonly otherwise?: (place: bigint) => Promise<Outcome>;
}

/**
 * From one place in the topic. Nothing to deliver there: continues after it, as long as there is something or time is left.
 * @param left events that may still be read
 */
export async function pulled(
  services: EventServices,
  call: Call<DepartmentCaller>,
  pull: Pull,
  place: bigint,
  left: number,
): Promise<Outcome> {
  const { subscription, deadline, limit } = pull;
  const { database, topics } = services;
  const run = await nextRun(database.app, subscription, place, Math.min(limit ?? maxEvents, left));
  const now = database.now();
  if (run === undefined && pull.otherwise !== undefined) return pull.otherwise(place);
  if (run === undefined && now < deadline) {
    const places = new Map([[subscription.topic, place]]);
    const again = await topics.wait(subscription.id, places, deadline - now);
    if (again) return pulled(services, call, pull, place, left);
  }
  const type = run?.type ?? subscription.types[0] ?? '';
  const asking = asSubscribed(call, subscription, type, now);
  const requested = {
    filter: subscription.filter,
    events: true as const,
    ...defined({ limit }),
  };
  return whenAllowed(asking, services, requested, async (allowedCall) => {
    const { permission } = allowedCall;
    const dataset = openDataset(services.registry, permission);
    const stored = (run?.events ?? []).slice(0, permission.limits.rowsPerCall);
    const leaving = await leavingOf(services, subscription, permission, dataset, stored, now);
    const to = stored.at(-1)?.sequence ?? place;
    const rest = left - stored.length;
    if (run !== undefined && leaving.events.length === 0 && rest > 0)
      return pulled(services, call, pull, to, rest);
    return answer(services, asking, pull, allowedCall, { leaving, to, more: run !== undefined });
  });
}

interface Found {
  readonly leaving: Leaving;
  /** the answer covers everything up to here */
  readonly to: bigint;
  readonly more: boolean;
}

function answer(
  services: EventServices,
  call: Call<DepartmentCaller>,
  { subscription, acknowledge }: Pull,
  allowedCall: AllowedCall,
  { leaving, to, more }: Found,
): Outcome {
  const { permission, attempt } = allowedCall;
  const opened = openedOf(leaving);
  const released = releasedEvents(services, subscription, allowedCall, leaving, call);
  const { events, claim, correction, facts, subjects } = released;
  const outcome = allowed<'pullEvents'>(
    200,
    {
      subscription: subscription.id,
      events: [...events],
      next: sealed(services, subscription, to),
      more,
      withheld: permission.withheld,
      rows: {
        delivered: events.length,
        withheld: leaving.check === undefined ? 0 : ('undisclosed' as const),
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
              await acknowledge?.(transaction);
              if (opened.length > 0)
                await noteDeliveries(transaction, opened, {
                  exchange: call.exchange,
                  subscription: subscription.id,
                  department: subscription.department,
                  at: call.now,
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

/** What a cursor is bound to: one of another subscription does not open. */
const contextOf = ({ id, department, topic }: SubscriptionRow) => ({
  consumer: department,
  agreement: '',
  policy: '',
  dataset: topic,
  query: `subscription ${id}`,
});

const sealed = ({ keys }: EventServices, subscription: SubscriptionRow, place: bigint): string =>
  sealCursor(keys.cursor, contextOf(subscription), {
    batch: undefined,
    position: { values: [String(place)], row: 0 },
  });

/** @throws Problem cursor_invalid */
export function placeOf({ keys }: EventServices, subscription: SubscriptionRow, cursor: string): bigint {
  const [place] = openCursor(keys.cursor, contextOf(subscription), cursor).position.values;
  if (typeof place !== 'string') throw new Problem('cursor_invalid');
  return BigInt(place);
}
