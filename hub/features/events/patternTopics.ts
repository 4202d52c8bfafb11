/**
 * The topics that a pattern matches now, each decided by itself: which of its types the consumer may receive, under which agreement, and
 * what refuses it. Topics and agreements that are new take part from the next call on.
 */
import { withoutAgreement } from '../../../policies/questions/replayEntry.ts';
import { Problem } from '../../../terms/problem.ts';
import type { ProblemCode } from '../../../terms/problemCatalogue.ts';
import { decided, withoutPlan } from '../../flows/release/allowedCall.ts';
import { callersTerms } from '../../flows/release/requestedRows.ts';
import type { Registry } from '../../registry/registry.ts';
import type { RegistrySnapshot } from '../../registry/snapshot.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { requestOf } from './dispatchWork.ts';
import { matchedTopics, type MatchedTopic, type PatternRow } from './store/patterns.ts';

/** Refusals by which no agreement gives a type: it is left out. Others hold its topic for now, so that its events stay in order. */
const leftOut: readonly string[] = [
  ...withoutAgreement,
  'agreement_not_in_force',
  'delivery_not_agreed',
  // a type by whose fields the consumer may not filter like this
  'unknown_field',
  'filter_not_granted',
  'filter_on_masked_field',
  'filter_value_invalid',
];

export interface PatternTopic extends MatchedTopic {
  /** type → agreement under which the consumer receives it */
  readonly agreements: ReadonlyMap<string, string>;
  /** why nothing of the topic leaves now */
  readonly refusal: ProblemCode | undefined;
}

/** All of them, by id. @param now Unix milliseconds */
export async function topicsOfPattern(
  { reader, registry }: { readonly reader: Reader; readonly registry: Pick<Registry, 'current'> },
  pattern: PatternRow,
  now: number,
): Promise<readonly PatternTopic[]> {
  const topics = await matchedTopics(reader, pattern);
  const { current } = registry;
  const candidates = candidatesOf(pattern, current);
  return topics.map((topic) => {
    const agreements = new Map<string, string>();
    const refusals: ProblemCode[] = [];
    for (const { type } of topic.types) {
      const found = decidedType(current, pattern, { type, agreements: candidates.get(type) ?? [] }, now);
      if ('agreement' in found) agreements.set(type, found.agreement);
      else refusals.push(found.refusal);
    }
    const held = refusals.find((code) => !leftOut.includes(code));
    return {
      ...topic,
      agreements,
      refusal: held ?? (agreements.size === 0 ? (refusals[0] ?? 'no_agreement') : undefined),
    };
  });
}

/** dataset → agreements that may give it to the consumer for the purpose, by id */
function candidatesOf(
  { department, purpose }: PatternRow,
  { plans }: RegistrySnapshot,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const { ref } of plans.all) {
    if (ref.consumer !== department || ref.purpose !== purpose) continue;
    const agreements = found.get(ref.dataset);
    if (agreements === undefined) found.set(ref.dataset, [ref.agreement]);
    else if (!agreements.includes(ref.agreement)) agreements.push(ref.agreement);
  }
  for (const agreements of found.values()) agreements.sort();
  return found;
}

/** The first agreement by id that gives a type, or the refusal of the first one that does not. */
function decidedType(
  current: RegistrySnapshot,
  pattern: PatternRow,
  { type, agreements }: { readonly type: string; readonly agreements: readonly string[] },
  now: number,
): { readonly agreement: string } | { readonly refusal: ProblemCode } {
  const refusals: ProblemCode[] = [];
  for (const agreement of agreements) {
    const refusal = refusalUnder(current, { ...pattern, agreement }, type, now);
    if (refusal === undefined) return { agreement };
    refusals.push(refusal);
  }
  // also where another agreement refuses: one that cannot be used now but may serve the subscription holds the topic
  const { department: consumer, purpose } = pattern;
  const unplanned = withoutPlan(
    { agreement: undefined, consumer, purpose, datasets: [type] },
    current,
    now,
    type,
  );
  const [first = unplanned.code] = refusals;
  return { refusal: [...refusals, unplanned.code].find((code) => !leftOut.includes(code)) ?? first };
}

function refusalUnder(
  current: RegistrySnapshot,
  pattern: PatternRow & { readonly agreement: string },
  type: string,
  now: number,
): ProblemCode | undefined {
  const { refusal } = decided(requestOf(pattern, type), current, now);
  const dataset = current.datasets.get(type);
  if (refusal !== undefined || dataset === undefined) return refusal?.code;
  try {
    callersTerms(dataset, pattern);
    return undefined;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}
