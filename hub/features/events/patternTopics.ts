/**
 * The topics that a pattern matches now, each decided by itself: which of its types the consumer may receive, under which agreement, and
 * what refuses it. Topics and agreements that are new take part from the next call on.
 */
import { withoutAgreement } from '../../../policies/questions/replayEntry.ts';
import type { ProblemCode } from '../../../terms/problemCatalogue.ts';
import { decided } from '../../flows/release/allowedCall.ts';
import type { Registry } from '../../registry/registry.ts';
import type { RegistrySnapshot } from '../../registry/snapshot.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { requestOf } from './dispatchWork.ts';
import { matchedTopics, type MatchedTopic, type PatternRow } from './store/patterns.ts';
import type { SubscriptionRow } from './store/subscriptions.ts';

/** Topics of one pattern. */
const maxTopics = 200;

/** Refusals by which no agreement gives a type: it is passed over. Others hold its topic for now, so that nothing is lost. */
const passedOver: readonly string[] = [...withoutAgreement, 'agreement_not_in_force', 'delivery_not_agreed'];

export interface PatternTopic {
  /** the pattern as if it were a subscription to this topic, with the types that agreements give */
  readonly subscription: SubscriptionRow;
  /** number of the newest event of the topic */
  readonly newest: bigint;
  /** why nothing of the topic leaves now */
  readonly refusal: ProblemCode | undefined;
}

/** @param now Unix milliseconds */
export async function topicsOfPattern(
  { reader, registry }: { readonly reader: Reader; readonly registry: Pick<Registry, 'current'> },
  pattern: PatternRow,
  now: number,
): Promise<readonly PatternTopic[]> {
  const topics = await matchedTopics(reader, pattern, maxTopics);
  const { current } = registry;
  const { department, purpose } = pattern;
  const plans = current.plans.all.filter(({ ref }) => ref.consumer === department && ref.purpose === purpose);
  return topics.map((topic) => decidedTopic({ current, plans }, pattern, topic, now));
}

/** What the topics of a pattern are decided by. */
interface Ground {
  readonly current: RegistrySnapshot;
  /** plans of the consumer for the purpose */
  readonly plans: RegistrySnapshot['plans']['all'];
}

function decidedTopic(
  ground: Ground,
  pattern: PatternRow,
  { id: topic, publisher, orderingKey, types, acknowledged, newest }: MatchedTopic,
  now: number,
): PatternTopic {
  const agreements = new Map<string, string>();
  const refusals: ProblemCode[] = [];
  for (const type of types) {
    const found = decidedType(ground, pattern, type, now);
    if ('agreement' in found) agreements.set(type, found.agreement);
    else refusals.push(found.refusal);
  }
  const held = refusals.find((code) => !passedOver.includes(code));
  return {
    subscription: {
      id: pattern.id,
      department: pattern.department,
      publisher,
      topic,
      orderingKey,
      types: [...agreements.keys()],
      agreement: '',
      agreements,
      purpose: pattern.purpose,
      onBehalfOf: pattern.onBehalfOf,
      matter: pattern.matter,
      filter: [],
      acknowledged,
      createdAt: pattern.createdAt,
      endedAt: pattern.endedAt,
      hasWebhook: false,
    },
    newest,
    refusal: held ?? (agreements.size === 0 ? (refusals[0] ?? 'no_agreement') : undefined),
  };
}

/** The first agreement by id that gives a type, or the refusal of the first one that does not. */
function decidedType(
  { current, plans }: Ground,
  pattern: PatternRow,
  type: string,
  now: number,
): { readonly agreement: string } | { readonly refusal: ProblemCode } {
  const { department, purpose, onBehalfOf, matter } = pattern;
  const candidates = plans.flatMap(({ ref }) => (ref.dataset === type ? [ref.agreement] : []));
  const refusals: ProblemCode[] = [];
  for (const agreement of [...new Set(candidates)].sort()) {
    const asked = { department, agreement, purpose, onBehalfOf, matter, filter: [] };
    const { refusal } = decided(requestOf(asked, type), current, now);
    if (refusal === undefined) return { agreement };
    refusals.push(refusal.code);
  }
  return {
    refusal: refusals.find((code) => !passedOver.includes(code)) ?? refusals[0] ?? 'no_agreement',
  };
}
