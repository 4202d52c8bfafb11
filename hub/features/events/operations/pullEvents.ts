/**
 * GET /v1/subscriptions/{subscription}/events: a way out of the release flow.
 *
 *   subscription → cursor → next events of one type, or wait → decide → filter → consent → mask → answer; with its entry the cursor is acknowledged
 */
import { Problem } from '../../../../terms/problem.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { activeSubscription } from '../consumers.ts';
import { eventsToRead, placeOf, pulled } from '../pulledEvents.ts';
import { pullPattern } from '../pullPattern.ts';
import { eventOperation } from '../services.ts';
import { acknowledge } from '../store/subscriptions.ts';

/** @throws Problem subscription_unknown, subscription_ended, subscription_has_sink, cursor_invalid, and the denials of the release flow */
export const pullEvents = eventOperation('pullEvents', {
  kind: 'release',
  run: async (call, services) => {
    const { subscription: id } = call.params;
    const { after, wait, limit } = call.query;
    const subscription = await activeSubscription(services.database.app, id, call.caller.department);
    const most = limit === undefined ? undefined : Number(limit);
    const deadline = call.now + Number(wait ?? '0') * 1000;
    if ('pattern' in subscription)
      return pullPattern(services, call, { pattern: subscription, after, limit: most, deadline });
    if (subscription.hasWebhook) throw new Problem('subscription_has_sink');
    const place = after === undefined ? subscription.acknowledged : placeOf(services, subscription, after);
    const moves = place > subscription.acknowledged;
    const pull = {
      subscription,
      acknowledge: moves ? (transaction: Transaction) => acknowledge(transaction, id, place) : undefined,
      limit: most,
      deadline,
    };
    return pulled(services, call, pull, place, eventsToRead());
  },
});
