import type { components } from '../../../../api/openapi.ts';
import type { Outcome } from '../../../pipeline/call.ts';
import { allowed } from '../../../pipeline/call.ts';
import { Problem } from '../../../../terms/problem.ts';
import { openDataset, whenAllowed } from '../../../flows/release/allowedCall.ts';
import { callersTerms } from '../../../flows/release/requestedRows.ts';
import { refusedPart } from '../../common/refusedPart.ts';
import { asSubscribed } from '../asSubscribed.ts';
import { eventOperation, type EventServices } from '../services.ts';
import {
  insertSubscription,
  refuseFull,
  refuseFullInTurn,
  type Start,
  type SubscriptionTerms,
} from '../store/subscriptions.ts';
import { topicById } from '../store/topics.ts';
import { insertWebhook } from '../store/webhooks.ts';
import { subscriptionView } from '../subscriptionView.ts';
import { isPattern, subscribePattern } from './subscribePattern.ts';
import { secretText } from '../webhookMessage.ts';
import { newSecret, sealUrl } from '../webhookSender.ts';
import { newSinkView } from '../webhookView.ts';
import { allowedService } from '../../../flows/live/service/servicePlace.ts';

/**
 * POST /v1/subscriptions. Agreement, purpose, official and case number are signed here, and checked again each time that events leave. It is
 * refused where they would be refused now.
 * @throws Problem topic_unknown, pattern_empty, subscription_types, subscriptions_full, webhook_url_invalid, live_service_not_allowed, and the denials of the release flow
 */
export const subscribe = eventOperation('subscribe', {
  kind: 'release',
  run: async (call, services) => {
    const { body, caller, exchange, now } = call;
    const start = startOf(body, now);
    await refuseFull(services.database.app, caller.department);
    if (isPattern(body.topic)) return subscribePattern(services, { body, caller, exchange, now }, start);
    const topic = await topicById(services.database.app, body.topic);
    if (topic === undefined) throw new Problem('topic_unknown', { topic: body.topic });
    const wanted = [...(body.types ?? topic.types)].sort();
    const foreign = wanted.find((type) => !topic.types.includes(type));
    if (foreign !== undefined)
      throw new Problem('subscription_types', { topic: topic.id, type: foreign }, { at: '/body/types' });
    const { sink } = body;
    const secret = sink === undefined ? undefined : newSecret(services.sealer, exchange);
    if (sink !== undefined) checkUrl(services, caller.department, sink.url);
    const { signed } = caller;
    const terms: SubscriptionTerms = {
      topic: topic.id,
      types: wanted,
      agreement: signed['agreement'] ?? '',
      purpose: signed['purpose'] ?? '',
      onBehalfOf: signed['on-behalf-of'] ?? null,
      matter: signed['matter'] ?? null,
      filter: body.filter ?? [],
    };
    const made = (): Outcome =>
      allowed<'subscribe'>(
        201,
        {
          ...subscriptionView(
            {
              ...terms,
              id: exchange,
              department: caller.department,
              publisher: topic.department,
              createdAt: now,
              endedAt: undefined,
            },
            sink && newSinkView(sink.url, sink.batch ?? 1),
          ),
          ...(secret === undefined ? {} : { secret: secretText(secret.plain) }),
        },
        {
          facts: {
            consumer: caller.department,
            provider: topic.department,
            agreement: terms.agreement,
            purpose: terms.purpose,
            change: { subscription: exchange, topic: topic.id, types: wanted.join(' '), act: 'subscribe' },
          },
          work: async (transaction) => {
            await refuseFullInTurn(transaction, caller.department);
            await insertSubscription(transaction, exchange, caller.department, terms, start);
            if (sink === undefined || secret === undefined) return;
            const { certificate, keyid } = caller;
            await insertWebhook(transaction, {
              subscription: exchange,
              url: sealUrl(services.sealer, exchange, sink.url),
              batch: sink.batch ?? 1,
              secret: secret.sealed,
              certificate,
              keyid,
            });
          },
          whenDurable: () => services.webhooks.wake(),
          withoutSecret: secret === undefined,
        },
      );
    /** Each type is decided; the entry of a denial names the type. */
    const decided = (at: number): Promise<Outcome> | Outcome => {
      const type = wanted[at];
      if (type === undefined) return made();
      const asking = asSubscribed(call, terms, type, now);
      return whenAllowed(asking, services, { filter: terms.filter, events: true }, ({ permission }) => {
        callersTerms(openDataset(services.registry, permission), { filter: terms.filter });
        return decided(at + 1);
      });
    };
    return decided(0);
  },
});

/**
 * Where the subscription begins. One of two places would be ignored, and events between now and a later moment would be delivered.
 * @throws Problem invalid_request
 */
function startOf(
  { start, since }: Pick<components['schemas']['SubscriptionAsked'], 'start' | 'since'>,
  now: number,
): Start {
  if (since === undefined) return start ?? 'now';
  if (start !== undefined)
    throw refusedPart('/body/since', 'start', {
      zh: 'start 与 since 只能写一个',
      en: 'start and since exclude each other',
    });
  const at = Date.parse(since);
  if (at > now)
    throw refusedPart('/body/since', 'time', {
      zh: '不能晚于现在；从现在起接收的不写 since',
      en: 'it is not later than now; leave it out to begin now',
    });
  return at;
}

/** A whole https address in its normal form, at a place that the operator named. @throws Problem webhook_url_invalid, live_service_not_allowed */
function checkUrl(
  { liveServices }: Pick<EventServices, 'liveServices'>,
  department: string,
  text: string,
): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isWhole = url?.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === '';
  if (!isWhole || url.href !== text) throw new Problem('webhook_url_invalid', {}, { at: '/body/sink/url' });
  allowedService(liveServices.places, department, text);
}
