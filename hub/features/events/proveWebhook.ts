/** How a webhook begins and ends: the challenge that its endpoint returns, and 410. */
import { randomBytes } from 'node:crypto';
import { uuid7 } from '../../../machine/uuid7.ts';
import { DecideAfresh } from '../../pipeline/call.ts';
import { untilRetry } from '../../flows/deliveries/retrySchedule.ts';
import { moment } from '../common/listing.ts';
import { append, type DispatchServices, type Work } from './dispatchWork.ts';
import { endSubscriptionRow, type SubscriptionRow } from './store/subscriptions.ts';
import { advanceWebhook, proveWebhook, setBackWebhook, type WebhookRow } from './store/webhooks.ts';
import { answersChallenge, ownMessage } from './webhookMessage.ts';
import { sendMessage, type Sent } from './webhookSender.ts';

/** 410: nothing is delivered by this subscription any more. @throws DecideAfresh where it has ended */
export async function gone(
  services: DispatchServices,
  { subscription }: Work,
  exchange: string,
): Promise<boolean> {
  const now = services.database.now();
  await append(services, {
    exchange,
    now,
    kind: 'management',
    facts: {
      consumer: subscription.department,
      provider: subscription.publisher,
      agreement: subscription.agreement,
      change: { subscription: subscription.id, topic: subscription.topic, act: 'end', status: 410 },
    },
    work: async (transaction) => {
      if (!(await endSubscriptionRow(transaction, subscription.id, exchange))) throw new DecideAfresh();
    },
  });
  return false;
}

/** The endpoint gets a challenge, and nothing else until it has returned it. @throws DecideAfresh where it is proven already */
export async function prove(services: DispatchServices, work: Work): Promise<boolean> {
  const exchange = uuid7(services.database.now());
  const { sent, proven } = await challenge(services, work.subscription, work.webhook, exchange);
  if (proven) {
    const now = services.database.now();
    const { id, department, topic } = work.subscription;
    await append(services, {
      exchange,
      now,
      kind: 'management',
      facts: { consumer: department, change: { subscription: id, topic, act: 'prove' } },
      work: async (transaction) => {
        if (!(await proveWebhook(transaction, id))) throw new DecideAfresh();
      },
    });
    await advanceWebhook(services.database.app, work.claimed, {
      position: work.position,
      until: services.database.now(),
      delivered: true,
    });
    return false; // claimed anew, with its configuration as it is now
  }
  if (sent.status === 410) return gone(services, work, exchange);
  const now = services.database.now();
  await setBackWebhook(services.database.app, work.claimed, {
    trouble: sent.trouble ?? 'challenge',
    status: sent.status,
    attempts: work.attempts + 1,
    failingSince: work.failingSince ?? now,
    next: now + untilRetry(services.schedule, work.attempts + 1, services.random(), sent.retryAfter),
  });
  return false;
}

/** Sends a challenge. @param exchange id of the entry that records the result */
export async function challenge(
  services: Pick<DispatchServices, 'route' | 'database'>,
  { id, department }: Pick<SubscriptionRow, 'id' | 'department'>,
  webhook: WebhookRow,
  exchange: string,
): Promise<{ readonly sent: Sent; readonly proven: boolean }> {
  const now = services.database.now();
  const text = randomBytes(24).toString('base64url');
  const place = { id: exchange, subscription: id, time: moment(now) };
  const message = ownMessage(place, { type: 'datong.challenge', challenge: text });
  const sent = await sendMessage(services.route, webhook, department, message, { exchange, now });
  return { sent, proven: sent.trouble === null && answersChallenge(sent.body, text) };
}
