/**
 * The next events of a subscription to a pattern of topics: those of one topic in each answer, topic after topic, so that a busy topic does
 * not delay the others. A cursor is that of the topic that it comes from.
 */
import { defined } from '../../../terms/defined.ts';
import { Problem } from '../../../terms/problem.ts';
import type { Call, Outcome } from '../../pipeline/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import type { Transaction } from '../../platform/database/transaction.ts';
import { topicsOfPattern, type PatternTopic } from './patternTopics.ts';
import { eventsToRead, placeOf, pulled, type Pull } from './pulledEvents.ts';
import type { EventServices } from './services.ts';
import { acknowledgeTopic, type PatternRow } from './store/patterns.ts';

/** Milliseconds after which a call that waits finds new topics and agreements. */
const maxWaitMs = 5_000;

interface PatternPull extends Pick<Pull, 'limit' | 'deadline'> {
  readonly pattern: PatternRow;
  readonly after: string | undefined;
}

/**
 * A topic that is refused, or whose rows are wrong, does not stop the others.
 * @throws Problem cursor_invalid, pattern_empty, and what refuses the first topic where every one is refused
 */
export async function pullPattern(
  services: EventServices,
  call: Call<DepartmentCaller>,
  { pattern, after, limit, deadline }: PatternPull,
): Promise<Outcome> {
  const { database, registry, topics: watch } = services;
  /** by topic: up to where this call found nothing that may leave */
  const searched = new Map<string, bigint>();
  /**
   * Asks one topic after the other for events. If none has any, it waits for a new one and begins again; when the time is over, the first
   * topic answers without events.
   */
  const round = async (): Promise<Outcome> => {
    const now = database.now();
    const all = await topicsOfPattern({ reader: database.app, registry }, pattern, now);
    const taken = after === undefined ? undefined : takenPlace(services, all, after);
    const open = inTurn(
      all.filter(({ refusal }) => refusal === undefined),
      taken?.topic,
    );
    if (open.length === 0) throw nothingOf(pattern, all);
    const acknowledge =
      taken?.isNew === true
        ? (transaction: Transaction) => acknowledgeTopic(transaction, pattern.id, taken.topic, taken.place)
        : undefined;
    const placeIn = ({ subscription: { topic, acknowledged } }: PatternTopic): bigint =>
      searched.get(topic) ?? (taken?.topic === topic ? taken.place : acknowledged);
    /** by topic: what refused it, so that the others go on */
    const refused = new Map<string, Outcome | Problem>();
    /** The first answer of these topics. @param otherwise for those with nothing to deliver; absent: they answer without events */
    const answerOf = async (
      topics: readonly PatternTopic[],
      otherwise?: (one: PatternTopic) => Pull['otherwise'],
    ): Promise<Outcome | undefined> => {
      for (const one of topics) {
        const { subscription } = one;
        const pull = {
          subscription,
          acknowledge,
          limit,
          // this call waits for all topics at once
          deadline: 0,
          ...defined({ otherwise: otherwise?.(one) }),
        };
        try {
          const outcome = await pulled(services, call, pull, placeIn(one), eventsToRead());
          if (outcome.entry !== 'deny') return outcome;
          refused.set(subscription.topic, outcome);
        } catch (error) {
          if (error instanceof NothingThere) continue;
          if (!(error instanceof Problem)) throw error;
          refused.set(subscription.topic, error);
        }
      }
      return undefined;
    };
    const found = await answerOf(open, (one) => (place) => {
      // `newest` was read before the events, and numbers have no gaps: up to there nothing is for this consumer
      searched.set(one.subscription.topic, place > one.newest ? place : one.newest);
      throw new NothingThere();
    });
    if (found !== undefined) return found;
    const idle = open.filter(({ subscription: { topic } }) => !refused.has(topic));
    const left = Math.min(deadline - database.now(), maxWaitMs);
    const places = new Map(idle.map((one) => [one.subscription.topic, placeIn(one)]));
    if (idle.length > 0 && left > 0 && (await watch.wait(pattern.id, places, left))) {
      await registry.refresh();
      return round();
    }
    return (await answerOf(idle)) ?? refusalOf(refused);
  };
  return round();
}

/** Ends the search in one topic: it has nothing to deliver. */
class NothingThere extends Error {}

/** The answer where every topic is refused: the first refusal. */
function refusalOf(refused: ReadonlyMap<string, Outcome | Problem>): Outcome {
  const [first] = refused.values();
  if (first === undefined) throw new TypeError('no topic is refused');
  if (first instanceof Problem) throw first;
  return first;
}

interface TakenPlace {
  readonly topic: string;
  readonly place: bigint;
  /** it is after what was acknowledged before */
  readonly isNew: boolean;
}

/** The topic that a cursor comes from, and its place there. @throws Problem cursor_invalid */
function takenPlace(services: EventServices, all: readonly PatternTopic[], cursor: string): TakenPlace {
  for (const { subscription } of all) {
    try {
      const place = placeOf(services, subscription, cursor);
      return { topic: subscription.topic, place, isNew: place > subscription.acknowledged };
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'cursor_invalid') throw error;
    }
  }
  throw new Problem('cursor_invalid');
}

/** Topics after the one of the last answer come first. */
function inTurn(topics: readonly PatternTopic[], last: string | undefined): readonly PatternTopic[] {
  if (last === undefined) return topics;
  const isAfter = ({ subscription: { topic } }: PatternTopic): boolean => topic > last;
  return [...topics.filter(isAfter), ...topics.filter((one) => !isAfter(one))];
}

/** Topics that a refusal names. */
const maxNamed = 5;

/** Why no topic of a pattern delivers now. */
export function nothingOf({ pattern }: Pick<PatternRow, 'pattern'>, all: readonly PatternTopic[]): Problem {
  const refused = all.map(({ subscription: { topic }, refusal = '' }) => `${topic}: ${refusal}`);
  const first = refused.slice(0, maxNamed).join(', ') || '—';
  const { length } = refused;
  const topics =
    length > maxNamed
      ? { zh: `${first} 等 ${length} 个`, en: `${first} and ${length - maxNamed} more` }
      : first;
  return new Problem('pattern_empty', { pattern, topics });
}
