import type { components } from '../../../api/openapi.ts';
import { moment } from '../common/listing.ts';
import type { PatternTopic } from './patternTopics.ts';
import type { PatternRow } from './store/patterns.ts';
import type { SubscriptionRow } from './store/subscriptions.ts';
import { defined } from '../../../terms/defined.ts';

type View = components['schemas']['Subscription'];

/** A subscription as both sides see it. The official and the case number are the consumer's affair. */
export const subscriptionView = (
  row: Omit<SubscriptionRow, 'acknowledged' | 'hasWebhook' | 'orderingKey'>,
  sink?: View['sink'],
  lag?: View['lag'],
): View => ({
  id: row.id,
  department: row.department,
  publisher: row.publisher,
  topic: row.topic,
  types: [...row.types],
  agreement: row.agreement,
  purpose: row.purpose,
  filtered: row.filter.length > 0,
  state: row.endedAt === undefined ? 'active' : 'ended',
  createdAt: moment(row.createdAt),
  ...(row.endedAt === undefined ? {} : { endedAt: moment(row.endedAt) }),
  ...defined({ sink, lag }),
});

/** Topics that the view of a pattern lists. */
const maxListed = 200;

/** A subscription to a pattern of topics. @param topics those that match now; nothing is delivered of one with a refusal */
export const patternView = (
  row: Pick<PatternRow, 'id' | 'department' | 'pattern' | 'purpose' | 'filter' | 'createdAt' | 'endedAt'>,
  topics: readonly PatternTopic[],
  lag?: View['lag'],
): View => ({
  id: row.id,
  department: row.department,
  topic: row.pattern,
  types: [],
  purpose: row.purpose,
  filtered: row.filter.length > 0,
  state: row.endedAt === undefined ? 'active' : 'ended',
  createdAt: moment(row.createdAt),
  ...(row.endedAt === undefined ? {} : { endedAt: moment(row.endedAt) }),
  matched: topics.length,
  topics: topics.slice(0, maxListed).map(({ id, publisher, agreements, refusal }) => ({
    topic: id,
    publisher,
    types: [...agreements.keys()],
    ...defined({ refusal }),
  })),
  ...defined({ lag }),
});
