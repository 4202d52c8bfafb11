/**
 * GET /v1/subscriptions/{subscription}/events: a way out of the release flow.
 *
 *   subscription → cursor → next events of one type, or wait → decide → filter → consent → mask → answer; with its entry the cursor is acknowledged
 */
import { activeSubscription } from '../consumers.ts';
import { pullSubscription } from '../pullSubscription.ts';
import { eventOperation } from '../services.ts';

/** @throws Problem subscription_unknown, subscription_ended, subscription_has_sink, cursor_invalid, and the denials of the release flow */
export const pullEvents = eventOperation('pullEvents', {
  kind: 'release',
  run: async (call, services) => {
    const { subscription: id } = call.params;
    const { after, limit, wait } = call.query;
    const subscription = await activeSubscription(services.database.app, id, call.caller);
    return pullSubscription(services, call, subscription, {
      after,
      limit: limit === undefined ? undefined : Number(limit),
      deadline: call.now + Number(wait ?? '0') * 1000,
      waiter: id,
      takes: true,
    });
  },
});
