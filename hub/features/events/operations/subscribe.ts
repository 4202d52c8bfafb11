import { layoutOf } from '../../../domain/rowTable/layout.ts';
import type { Outcome } from '../../../pipeline/call.ts';
import { allowed } from '../../../pipeline/call.ts';
import { Problem } from '../../../../terms/problem.ts';
import { openDataset, whenAllowed } from '../../../flows/release/allowedCall.ts';
import { callersTerms } from '../../../flows/release/rowsAsked.ts';
import { asSubscribed } from '../asSubscribed.ts';
import { eventOperation } from '../services.ts';
import {
  countActive,
  insertSubscription,
  type Start,
  type SubscriptionTerms,
} from '../store/subscriptions.ts';
import { topicById } from '../store/topics.ts';
import { subscriptionView } from '../subscriptionView.ts';

/** Subscriptions of one department at a time. */
const maxActive = 100;

/**
 * POST /v1/subscriptions. Agreement, purpose, official and case number are signed here, and checked again each time that events leave. It is
 * refused where they would be refused now.
 * @throws Problem topic_unknown, subscription_types, subscriptions_full, and the denials of the release flow
 */
export const subscribe = eventOperation('subscribe', {
  kind: 'release',
  run: async (call, services) => {
    const { body, caller, exchange, now } = call;
    const topic = await topicById(services.database.app, body.topic);
    if (topic === undefined) throw new Problem('topic_unknown', { topic: body.topic });
    const wanted = [...(body.types ?? topic.types)].sort();
    const foreign = wanted.find((type) => !topic.types.includes(type));
    if (foreign !== undefined)
      throw new Problem('subscription_types', { topic: topic.id, type: foreign }, { at: '/body/types' });
    if ((await countActive(services.database.app, caller.department)) >= maxActive)
      throw new Problem('subscriptions_full', { most: maxActive });
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
    const start: Start = body.since === undefined ? (body.start ?? 'now') : Date.parse(body.since);
    const made = (): Outcome =>
      allowed<'subscribe'>(
        201,
        subscriptionView({
          ...{ ...terms, id: exchange, department: caller.department, publisher: topic.department },
          ...{ createdAt: now, endedAt: undefined },
        }),
        {
          facts: {
            ...{ consumer: caller.department, provider: topic.department, agreement: terms.agreement },
            purpose: terms.purpose,
            change: { subscription: exchange, topic: topic.id, types: wanted.join(' '), act: 'subscribe' },
          },
          work: (transaction) => insertSubscription(transaction, exchange, caller.department, terms, start),
        },
      );
    /** Each type is decided; the entry of a denial names the type. */
    const decided = (at: number): Promise<Outcome> | Outcome => {
      const type = wanted[at];
      if (type === undefined) return made();
      const asking = asSubscribed(call, terms, type, now);
      return whenAllowed(asking, services, { filter: terms.filter, events: true }, ({ permission }) => {
        const { schema } = openDataset(services.registry, permission);
        callersTerms(layoutOf(schema), { filter: terms.filter });
        return decided(at + 1);
      });
    };
    return decided(0);
  },
});
