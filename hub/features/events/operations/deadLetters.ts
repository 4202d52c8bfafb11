/** Dead letters: events that a webhook did not take in time. Both sides see them, without data; the consumer has them sent again. */
import { Problem } from '../../../../terms/problem.ts';
import { seen } from '../../../domain/cells.ts';
import { allowed } from '../../../pipeline/call.ts';
import { self } from '../../../pipeline/ownership.ts';
import { listedInOrder, moment, names, oneMore, orderedPage } from '../../common/listing.ts';
import { operation } from '../../common/operation.ts';
import { reachOf } from '../../common/reach.ts';
import { consumersOnly, isConsumer } from '../consumers.ts';
import { eventOperation } from '../services.ts';
import { countDead, pageDeadLetters, replayLetters, unknownLetters } from '../store/deadLetters.ts';
import { subscriptionById } from '../store/subscriptions.ts';
import { retryWebhook } from '../store/webhooks.ts';
import { troubleOf } from '../webhookView.ts';

const permission = seen;

/** GET /v1/subscriptions/{subscription}/dead-letters @throws Problem subscription_unknown, cursor_invalid */
export const listDeadLetters = operation('listDeadLetters', {
  kind: 'inspect',
  permission,
  owner: self,
  run: async (call, { database }) => {
    const page = orderedPage(call.query, names.index);
    const reach = reachOf(permission, call.caller);
    const row = await subscriptionById(database.app, call.params.subscription);
    const isSeen =
      row !== undefined && [row.department, row.publisher].some((one) => reach?.includes(one) ?? true);
    if (!isSeen) throw new Problem('subscription_unknown');
    const letters = await pageDeadLetters(database.app, row.id, oneMore(page));
    return listedInOrder(
      call,
      'letters',
      page,
      letters,
      ({ sequence }) => sequence,
      ({ id, type, time, diedAt, replayedAt, state, trouble }) => ({
        event: id,
        type,
        time: moment(time),
        diedAt: moment(diedAt),
        trouble: troubleOf(trouble, null),
        replayed: state === 'waiting' && replayedAt !== null,
      }),
    );
  },
});

/**
 * POST /v1/subscriptions/{subscription}/dead-letters/replay: some, or all. They are sent at once, also where the webhook waits for its next
 * attempt. Ids of no dead letter are returned.
 * @throws Problem subscription_unknown, subscription_ended, subscription_without_sink
 */
export const replayDeadLetters = eventOperation('replayDeadLetters', {
  kind: 'management',
  ...consumersOnly,
  run: async (call, { database, webhooks }) => {
    const row = await subscriptionById(database.app, call.params.subscription);
    if (row === undefined || !isConsumer(call.caller, row)) throw new Problem('subscription_unknown');
    if (row.endedAt !== undefined) throw new Problem('subscription_ended');
    if (!row.hasWebhook) throw new Problem('subscription_without_sink');
    const { events } = call.body;
    const replayed = await countDead(database.app, row.id, events);
    const unknown = events === undefined ? [] : await unknownLetters(database.app, row.id, events);
    return allowed<'replayDeadLetters'>(
      200,
      { subscription: row.id, replayed, ...(unknown.length > 0 ? { unknown: [...unknown] } : {}) },
      {
        facts: {
          consumer: row.department,
          provider: row.publisher,
          agreement: row.agreement,
          change: { subscription: row.id, topic: row.topic, act: 'replay', letters: replayed },
        },
        work: async (transaction) => {
          await replayLetters(transaction, row.id, events);
          await retryWebhook(transaction, row.id);
        },
        whenDurable: () => webhooks.wake(),
      },
    );
  },
});
