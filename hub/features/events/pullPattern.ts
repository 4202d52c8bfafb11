/**
 * The next events of a subscription to a pattern of topics: those of one topic in each answer, topic after topic, so that a busy topic does
 * not delay the others. A cursor is that of the topic that it comes from.
 */
import { Problem } from '../../../terms/problem.ts';
import type { Call, Outcome } from '../../pipeline/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
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

/** @throws Problem cursor_invalid, pattern_empty, and the refusal where nothing may leave of any topic now */
export async function pullPattern(
  services: EventServices,
  call: Call<DepartmentCaller>,
  { pattern, after, limit, deadline }: PatternPull,
): Promise<Outcome> {
  const { database, registry, topics: watch } = services;
  /** by topic: up to where this call found nothing that may leave */
  const searched = new Map<string, bigint>();
  const round = async (): Promise<Outcome> => {
    const now = database.now();
    const all = await topicsOfPattern({ reader: database.app, registry }, pattern, now);
    const taken = after === undefined ? undefined : takenPlace(services, all, after);
    const open = inTurn(
      all.filter(({ refusal }) => refusal === undefined),
      taken?.topic,
    );
    const [first] = open;
    if (first === undefined) throw nothingOf(pattern, all);
    const acknowledge =
      taken === undefined || !taken.isNew
        ? undefined
        : (transaction: Parameters<typeof acknowledgeTopic>[0]) =>
            acknowledgeTopic(transaction, pattern.id, taken.topic, taken.place);
    const placeIn = ({ subscription: { topic, acknowledged } }: PatternTopic): bigint =>
      searched.get(topic) ?? (taken?.topic === topic ? taken.place : acknowledged);
    /** by topic: what the release flow refused of it, so that the others go on */
    const refused = new Map<string, Outcome>();
    const attempt = async (at: number): Promise<Outcome> => {
      const one = open[at];
      if (one === undefined) return nothingFound();
      const { subscription } = one;
      if (refused.has(subscription.topic)) return attempt(at + 1);
      const otherwise = (place: bigint): Promise<Outcome> => {
        // `newest` was read before the events, and numbers have no gaps: up to there nothing is for this consumer
        searched.set(subscription.topic, place > one.newest ? place : one.newest);
        return attempt(at + 1);
      };
      const pull = { subscription, acknowledge, limit, deadline, otherwise };
      const outcome = await pulled(services, call, pull, placeIn(one), eventsToRead());
      if (outcome.entry !== 'deny') return outcome;
      refused.set(subscription.topic, outcome);
      return attempt(at + 1);
    };
    const nothingFound = async (): Promise<Outcome> => {
      const [refusal] = refused.values();
      if (refusal !== undefined) return refusal;
      const left = Math.min(deadline - database.now(), maxWaitMs);
      const places = new Map(open.map((one) => [one.subscription.topic, placeIn(one)]));
      if (left > 0 && (await watch.wait(pattern.id, places, left))) {
        await registry.refresh();
        return round();
      }
      const { subscription } = first;
      return pulled(
        services,
        call,
        { subscription, acknowledge, limit, deadline: 0 },
        placeIn(first),
        eventsToRead(),
      );
    };
    return attempt(0);
  };
  return round();
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

/** Why no topic of a pattern delivers now. */
export function nothingOf({ pattern }: Pick<PatternRow, 'pattern'>, all: readonly PatternTopic[]): Problem {
  const refused = all.map(({ subscription: { topic }, refusal = '' }) => `${topic}: ${refusal}`);
  return new Problem('pattern_empty', { pattern, topics: refused.join(', ') || '—' });
}
