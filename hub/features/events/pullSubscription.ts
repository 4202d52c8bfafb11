/** The next events of a subscription for its consumer's system, which takes them over, or for a person of the consumer, who watches. */
import { Problem } from '../../../terms/problem.ts';
import type { Acting } from '../../flows/actingDepartment.ts';
import type { Call, Outcome } from '../../pipeline/call.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import {
  emptyAnswer,
  eventsToRead,
  nextAnswer,
  openedPlace,
  sealedPlace,
  type Asking,
  type Pull,
} from './pulledEvents.ts';
import { pullPattern } from './pullPattern.ts';
import type { EventServices } from './services.ts';
import type { PatternRow } from './store/patterns.ts';
import { acknowledge, type SubscriptionRow } from './store/subscriptions.ts';

/**
 * Where there is nothing, it waits and goes on; when the time is over, it answers without events.
 * @throws Problem subscription_has_sink, cursor_invalid, pattern_empty, and the denials of the release flow
 */
export async function pullSubscription(
  services: EventServices,
  call: Call<Acting>,
  subscription: SubscriptionRow | PatternRow,
  asking: Asking,
): Promise<Outcome> {
  if ('pattern' in subscription) return pullPattern(services, call, subscription, asking);
  if (subscription.hasWebhook) throw new Problem('subscription_has_sink');
  const { database, topics } = services;
  const { id, topic, acknowledged } = subscription;
  const { after, limit, deadline, waiter, takes } = asking;
  const place = after === undefined ? acknowledged : openedPlace(services, subscription, after).place;
  let pull: Pull = {
    subscription,
    cursor: (upTo) => sealedPlace(services, subscription, [String(upTo)]),
    acknowledge:
      takes && place > acknowledged
        ? (transaction: Transaction) => acknowledge(transaction, id, place)
        : undefined,
    limit,
    place,
    left: eventsToRead(),
  };
  for (;;) {
    const found = await nextAnswer(services, call, pull);
    if ('entry' in found) return found;
    pull = { ...pull, ...found };
    const remaining = deadline - database.now();
    if (remaining <= 0 || !(await topics.wait(waiter, new Map([[topic, pull.place]]), remaining)))
      return emptyAnswer(services, call, pull);
  }
}
