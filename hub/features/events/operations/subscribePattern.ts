/** Subscribes to a pattern of topics: each topic that matches, also a later one, under its own agreement. */
import type { components } from '../../../../api/openapi.ts';
import { allowed, type Call, type Outcome } from '../../../pipeline/call.ts';
import type { DepartmentCaller } from '../../../identity/authentication/caller.ts';
import { refusedPart } from '../../common/refusedPart.ts';
import { patternView } from '../subscriptionView.ts';
import { topicsOfPattern } from '../patternTopics.ts';
import { nothingOf } from '../pullPattern.ts';
import type { EventServices } from '../services.ts';
import { insertPattern, storeStarts, type PatternRow } from '../store/patterns.ts';
import { refuseFullInTurn, type Start } from '../store/subscriptions.ts';

type Asked = components['schemas']['SubscriptionAsked'];

/** Whether the topic of a subscription is a pattern. */
export const isPattern = (topic: string): boolean => topic.includes('*');

/** @throws Problem invalid_request, pattern_empty */
export async function subscribePattern(
  { database, registry }: Pick<EventServices, 'database' | 'registry'>,
  {
    body,
    caller,
    exchange,
    now,
  }: Pick<Call<DepartmentCaller>, 'caller' | 'exchange' | 'now'> & {
    readonly body: Asked;
  },
  start: Start,
): Promise<Outcome> {
  const { signed } = caller;
  for (const part of ['types', 'sink'] as const)
    if (body[part] !== undefined)
      throw refusedPart(`/body/${part}`, 'pattern', {
        zh: '订阅多个主题时不能写；需要的，请逐个主题订阅',
        en: 'it is not possible with a pattern of topics: subscribe to a topic by its id',
      });
  if (signed['agreement'] !== undefined)
    throw refusedPart('/header/datong-agreement', 'pattern', {
      zh: '订阅多个主题时不写协议：每个主题依各自的协议决定',
      en: 'leave it out with a pattern of topics: each topic is decided under its own agreement',
    });
  const row: PatternRow = {
    id: exchange,
    department: caller.department,
    pattern: body.topic,
    purpose: signed['purpose'] ?? '',
    onBehalfOf: signed['on-behalf-of'] ?? null,
    matter: signed['matter'] ?? null,
    filter: body.filter ?? [],
    beginsAt: start === 'now' ? now : start === 'oldest' ? 0 : start,
    createdAt: now,
    endedAt: undefined,
  };
  const topics = await topicsOfPattern({ reader: database.app, registry }, row, now);
  if (topics.every(({ refusal }) => refusal !== undefined)) throw nothingOf(row, topics);
  return allowed<'subscribe'>(201, patternView(row, topics), {
    facts: {
      consumer: caller.department,
      purpose: row.purpose,
      change: { subscription: exchange, topic: row.pattern, act: 'subscribe' },
    },
    work: async (transaction) => {
      await refuseFullInTurn(transaction, caller.department);
      await insertPattern(transaction, exchange, caller.department, row);
      await storeStarts(transaction, row);
    },
    withoutSecret: true,
  });
}
