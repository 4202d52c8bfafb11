/** What a consumer does with the webhook of a subscription: pause, resume, test, rotate the secret. */
import { Problem } from '../../../../terms/problem.ts';
import type { LeafFacts } from '../../../log/entry.ts';
import { allowed } from '../../../pipeline/call.ts';
import { moment } from '../../common/listing.ts';
import type { Reading } from '../../common/reach.ts';
import { challenge } from '../proveWebhook.ts';
import { consumersOnly, isConsumer } from '../consumers.ts';
import { eventOperation, type EventServices } from '../services.ts';
import { subscriptionById, type SubscriptionRow } from '../store/subscriptions.ts';
import {
  pauseWebhook,
  proveWebhook,
  resumeWebhook,
  retryWebhook,
  rotateWebhookSecret as rotate,
  vouchFor,
  webhookOf,
  type WebhookRow,
} from '../store/webhooks.ts';
import { ownMessage, secretText } from '../webhookMessage.ts';
import { newSecret, sendMessage, type Sent } from '../webhookSender.ts';
import { troubleOf } from '../webhookView.ts';
import { defined } from '../../../../terms/defined.ts';

const hour = 3_600_000;
const usualOverlapHours = 24;

/** @throws Problem subscription_unknown, subscription_ended, subscription_without_sink */
async function ownWebhook(
  { database }: Pick<EventServices, 'database'>,
  id: string,
  caller: Reading,
): Promise<{ readonly subscription: SubscriptionRow; readonly webhook: WebhookRow }> {
  const subscription = await subscriptionById(database.app, id);
  if (subscription === undefined || !isConsumer(caller, subscription))
    throw new Problem('subscription_unknown');
  if (subscription.endedAt !== undefined) throw new Problem('subscription_ended');
  const webhook = await webhookOf(database.app, id);
  if (webhook === undefined) throw new Problem('subscription_without_sink');
  return { subscription, webhook };
}

const factsOf = (
  { id, department, publisher, topic, agreement }: SubscriptionRow,
  change: Readonly<Record<string, string | number | boolean>>,
): LeafFacts => ({
  consumer: department,
  provider: publisher,
  agreement,
  change: { subscription: id, topic, ...change },
});

/**
 * POST /v1/subscriptions/{subscription}/sink. Certificate and key of a department's call vouch for the webhook from then on; a person's call
 * has neither and changes neither.
 * @throws Problem subscription_unknown, subscription_ended, subscription_without_sink
 */
export const changeSink = eventOperation('changeSink', {
  kind: 'management',
  ...consumersOnly,
  run: async (call, services) => {
    const { body, caller, now } = call;
    const { subscription, webhook } = await ownWebhook(services, call.params.subscription, caller);
    const { id } = subscription;
    const { act } = body;
    const test = act === 'test' ? await tested(services, subscription, webhook, call.exchange) : undefined;
    const outcome = test?.sent;
    return allowed<'changeSink'>(
      200,
      {
        subscription: id,
        act,
        ...(test === undefined || outcome === undefined
          ? {}
          : {
              test: {
                sent: test.what,
                taken: test.taken,
                ...(test.taken ? {} : { trouble: troubleOf(outcome.trouble ?? 'challenge', outcome.status) }),
              },
            }),
      },
      {
        facts: factsOf(subscription, { act, ...defined({ taken: test?.taken }) }),
        work: async (transaction) => {
          if (caller.kind === 'department') await vouchFor(transaction, id, caller);
          if (test?.what === 'challenge' && test.taken) await proveWebhook(transaction, id);
          if (act === 'pause') await pauseWebhook(transaction, id, now);
          if (act === 'resume') await resumeWebhook(transaction, id);
          // an endpoint that took a test message is not waited for any longer
          else if (test?.taken === true) await retryWebhook(transaction, id);
        },
        whenDurable: () => services.webhooks.wake(),
      },
    );
  },
});

/** Sends one message at once: a challenge where none was answered yet, else a test event. @param exchange of the call */
async function tested(
  services: EventServices,
  subscription: SubscriptionRow,
  webhook: WebhookRow,
  exchange: string,
): Promise<{ readonly what: 'challenge' | 'event'; readonly taken: boolean; readonly sent: Sent }> {
  const { database, webhooks } = services;
  if (webhook.provenAt === null) {
    const { sent, proven } = await challenge(
      { database, route: webhooks.route },
      subscription,
      webhook,
      exchange,
    );
    return { what: 'challenge', taken: proven, sent };
  }
  const now = database.now();
  const place = { id: exchange, subscription: subscription.id, time: moment(now) };
  const message = ownMessage(place, { type: 'datong.test' });
  const sent = await sendMessage(webhooks.route, webhook, subscription.department, message, {
    exchange,
    now,
  });
  return { what: 'event', taken: sent.trouble === null, sent };
}

/**
 * POST /v1/subscriptions/{subscription}/secret: the former secret signs too until the overlap ends.
 * @throws Problem subscription_unknown, subscription_ended, subscription_without_sink
 */
export const rotateWebhookSecret = eventOperation('rotateWebhookSecret', {
  kind: 'management',
  ...consumersOnly,
  run: async (call, services) => {
    const { subscription } = await ownWebhook(services, call.params.subscription, call.caller);
    const { id } = subscription;
    const { plain, sealed } = newSecret(services.sealer, id);
    const until = call.now + (call.body.overlapHours ?? usualOverlapHours) * hour;
    return allowed<'rotateWebhookSecret'>(
      200,
      { subscription: id, secret: secretText(plain), formerUntil: moment(until) },
      {
        facts: factsOf(subscription, { act: 'rotate', until: moment(until) }),
        work: async (transaction) => {
          if (call.caller.kind === 'department') await vouchFor(transaction, id, call.caller);
          await rotate(transaction, id, sealed, { until, now: call.now });
        },
      },
    );
  },
});
