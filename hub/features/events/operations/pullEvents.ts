/**
 * GET /v1/subscriptions/{subscription}/events: a way out of the release flow.
 *
 *   subscription → cursor → next events of one type, or wait → decide → filter → consent → mask → answer; with its entry the cursor is acknowledged
 */
import { Problem } from '../../../../terms/problem.ts';
import type { DepartmentCaller } from '../../../identity/authentication/caller.ts';
import type { Call, Outcome } from '../../../pipeline/call.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { activeSubscription } from '../consumers.ts';
import {
  emptyAnswer,
  eventsToRead,
  nextAnswer,
  openedPlace,
  sealedPlace,
  type Pull,
} from '../pulledEvents.ts';
import { pullPattern } from '../pullPattern.ts';
import { eventOperation, type EventServices } from '../services.ts';
import { acknowledge } from '../store/subscriptions.ts';

/** @throws Problem subscription_unknown, subscription_ended, subscription_has_sink, cursor_invalid, and the denials of the release flow */
export const pullEvents = eventOperation('pullEvents', {
  kind: 'release',
  run: async (call, services) => {
    const { subscription: id } = call.params;
    const { after, wait } = call.query;
    const subscription = await activeSubscription(services.database.app, id, call.caller.department);
    const limit = call.query.limit === undefined ? undefined : Number(call.query.limit);
    const deadline = call.now + Number(wait ?? '0') * 1000;
    if ('pattern' in subscription)
      return pullPattern(services, call, { pattern: subscription, after, limit, deadline });
    if (subscription.hasWebhook) throw new Problem('subscription_has_sink');
    const { acknowledged } = subscription;
    const place = after === undefined ? acknowledged : openedPlace(services, subscription, after).place;
    const pull: Pull = {
      subscription,
      cursor: (upTo) => sealedPlace(services, subscription, [String(upTo)]),
      acknowledge:
        place > acknowledged ? (transaction: Transaction) => acknowledge(transaction, id, place) : undefined,
      limit,
      place,
      left: eventsToRead(),
    };
    return pullTopic(services, call, pull, deadline);
  },
});

/** Where there is nothing, it waits and goes on; when the time is over, it answers without events. @param deadline Unix milliseconds */
async function pullTopic(
  services: EventServices,
  call: Call<DepartmentCaller>,
  first: Pull,
  deadline: number,
): Promise<Outcome> {
  const { database, topics } = services;
  const { id, topic } = first.subscription;
  let pull = first;
  for (;;) {
    const found = await nextAnswer(services, call, pull);
    if ('entry' in found) return found;
    pull = { ...pull, ...found };
    const remaining = deadline - database.now();
    if (remaining <= 0 || !(await topics.wait(id, new Map([[topic, pull.place]]), remaining)))
      return emptyAnswer(services, call, pull);
  }
}
