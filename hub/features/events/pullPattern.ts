/**
 * The next events of a subscription to a pattern of topics: those of one topic in each answer, topic after topic, so that a busy topic does
 * not delay the others. A cursor is that of the topic that its answer is of, and acknowledges the types that the answer covers. Topics that
 * were searched without a find are acknowledged by the search, so that a filter that matches nothing reads each event once.
 */
import { Problem } from '../../../terms/problem.ts';
import type { Call, DeniedOutcome, Outcome } from '../../pipeline/call.ts';
import type { Acting } from '../../flows/actingDepartment.ts';
import { topicsOfPattern, type PatternTopic } from './patternTopics.ts';
import {
  emptyAnswer,
  eventsToRead,
  nextAnswer,
  openedPlace,
  sealedPlace,
  type Asking,
  type NothingAfter,
  type Pull,
} from './pulledEvents.ts';
import type { EventServices } from './services.ts';
import { acknowledgeTypes, storeStarts, type PatternRow, type ReachedType } from './store/patterns.ts';

/** Milliseconds after which a call that waits finds new topics and agreements. */
const maxWaitMs = 5_000;

/**
 * Asks one topic after the other for events. If none has any, it waits for new ones and begins again; when the time is over, the first
 * topic answers without events. A topic that is refused, or whose rows are wrong, does not stop the others.
 * @throws Problem cursor_invalid, pattern_empty, and what refuses the first topic where every one is refused
 */
export async function pullPattern(
  services: EventServices,
  call: Call<Acting>,
  pattern: PatternRow,
  { after, limit, deadline, waiter }: Asking,
): Promise<Outcome> {
  const { database, registry, topics: watch } = services;
  const asked: Asked = {
    pattern,
    limit,
    taken: after === undefined ? undefined : takenAnswer(services, pattern, after),
    searched: new Map(),
    left: eventsToRead(),
  };
  for (;;) {
    const found = await askTopics(services, call, asked);
    if (!('idle' in found)) return found;
    const { idle, refusals } = found;
    const left = Math.min(deadline - database.now(), maxWaitMs);
    const places = new Map(idle.map(({ subscription: { topic }, place }) => [topic, place]));
    const goesOn = idle.length > 0 && left > 0 && (await watch.wait(waiter, places, left));
    if (!goesOn) return withoutEvents(services, call, idle, refusals);
    await registry.refresh();
  }
}

/** What all searches of one call share. */
interface Asked {
  readonly pattern: PatternRow;
  readonly limit: number | undefined;
  readonly taken: Taken | undefined;
  /** by type: number of the event up to which this call found nothing that may leave */
  readonly searched: Map<string, bigint>;
  /** events that it may still read, of all topics together; less with each topic that is searched */
  left: number;
}

/** No topic has events that may leave. */
interface NoEvents {
  /** those that are not refused, each after everything that was searched */
  readonly idle: readonly Pull[];
  readonly refusals: Refusal[];
}

/**
 * The first answer of a topic with events, or of the one at which the call has read as many as it may. @throws Problem pattern_empty
 */
async function askTopics(
  services: EventServices,
  call: Call<Acting>,
  asked: Asked,
): Promise<Outcome | NoEvents> {
  const { pattern, limit, taken } = asked;
  const { database, registry } = services;
  await storeStarts(database.app, pattern);
  const all = await topicsOfPattern({ reader: database.app, registry }, pattern, database.now());
  const open = all.filter(({ refusal }) => refusal === undefined);
  if (open.length === 0) throw nothingOf(pattern, all);
  const refusals: Refusal[] = [];
  const idle: Pull[] = [];
  const reached: ReachedType[] =
    taken === undefined ? [] : [...taken.positions].map((position) => ({ position, upTo: taken.place }));
  for (const topic of inTurn(open, taken?.topic)) {
    const pull: Pull = {
      ...pullOf(services, pattern, topic, asked),
      limit,
      // with the entry of the answer: what was passed over under terms that changed since is read again
      acknowledge: async (transaction, searched) => {
        const own = searched === undefined ? [] : searchedTypes(topic, searched);
        await acknowledgeTypes(transaction, pattern.id, [...reached, ...own]);
      },
    };
    const isNew = topic.newest > pull.place;
    const found = isNew ? await unlessRefused(refusals, nextAnswer(services, call, pull)) : pull;
    if (found === undefined) continue;
    if ('entry' in found) return found;
    asked.left = found.left;
    // `newest` was read before the events, and numbers have no gaps: up to there nothing is for this consumer
    const place = latest([found.place, topic.newest]);
    for (const type of pull.subscription.types) asked.searched.set(type, place);
    reached.push(...searchedTypes(topic, place));
    idle.push({ ...pull, place });
  }
  return { idle, refusals };
}

/** How far a search of a topic without a find is: of the types that can be received now. */
const searchedTypes = ({ types, agreements }: PatternTopic, upTo: bigint): readonly ReachedType[] =>
  types.flatMap(({ type, position }) =>
    position !== null && agreements.has(type) ? [{ position, upTo }] : [],
  );

/** The first topic answers without events; where every one is refused, the first refusal. */
async function withoutEvents(
  services: EventServices,
  call: Call<Acting>,
  idle: readonly Pull[],
  refusals: Refusal[],
): Promise<Outcome> {
  for (const pull of idle) {
    const answer = await unlessRefused(refusals, Promise.resolve(emptyAnswer(services, call, pull)));
    if (answer !== undefined) return answer;
  }
  const [first] = refusals;
  if (first === undefined) throw new TypeError('no topic is refused');
  if (first instanceof Problem) throw first;
  return first;
}

type Refusal = DeniedOutcome | Problem;

/** What a topic answers; undefined where it is refused, which is added to the refusals. */
async function unlessRefused<Answer extends Outcome | NothingAfter>(
  refusals: Refusal[],
  work: Promise<Answer>,
): Promise<Answer | undefined> {
  try {
    const answer = await work;
    if (!('entry' in answer) || answer.entry !== 'deny') return answer;
    refusals.push(answer);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    refusals.push(error);
  }
  return undefined;
}

/** The answer that a cursor comes from. */
interface Taken {
  readonly topic: string;
  readonly place: bigint;
  /** positions of the types that the answer covers */
  readonly positions: ReadonlySet<string>;
}

const ownerOf = ({ id, department, pattern }: PatternRow) => ({ id, department, topic: pattern });

/** @throws Problem cursor_invalid */
function takenAnswer(services: EventServices, pattern: PatternRow, cursor: string): Taken {
  const { place, rest } = openedPlace(services, ownerOf(pattern), cursor);
  const [topic, ...positions] = rest;
  if (topic === undefined) throw new Problem('cursor_invalid');
  return { topic, place, positions: new Set(positions) };
}

/** What is read of a topic: each type after its position, after the answer that was taken over, and after what was searched. */
function pullOf(
  services: EventServices,
  pattern: PatternRow,
  { id: topic, orderingKey, types: matched, agreements }: PatternTopic,
  { taken, searched, left }: Pick<Asked, 'taken' | 'searched' | 'left'>,
): Omit<Pull, 'acknowledge' | 'limit'> {
  const { id, department, purpose, onBehalfOf, matter, filter } = pattern;
  const given = matched.filter(({ type }) => agreements.has(type));
  const starts = new Map(
    given.map(({ type, position, acknowledged }) => {
      const places = [acknowledged, searched.get(type) ?? 0n];
      if (taken?.positions.has(position ?? '') === true) places.push(taken.place);
      return [type, latest(places)];
    }),
  );
  const positions = given.flatMap(({ position }) => position ?? []);
  return {
    subscription: {
      id,
      department,
      topic,
      orderingKey,
      purpose,
      onBehalfOf,
      matter,
      types: [...starts.keys()],
      agreement: '',
      agreements,
      filter,
      starts,
    },
    cursor: (upTo) => sealedPlace(services, ownerOf(pattern), [String(upTo), topic, ...positions]),
    place: earliest([...starts.values()]),
    left,
  };
}

const latest = (places: readonly bigint[]): bigint =>
  places.reduce((one, other) => (one > other ? one : other));
const earliest = (places: readonly bigint[]): bigint =>
  places.reduce((one, other) => (one < other ? one : other));

/** Topics after the one of the last answer come first. */
function inTurn(topics: readonly PatternTopic[], last: string | undefined): readonly PatternTopic[] {
  if (last === undefined) return topics;
  const isAfter = ({ id }: PatternTopic): boolean => id > last;
  return [...topics.filter(isAfter), ...topics.filter((one) => !isAfter(one))];
}

/** Topics that a refusal names. */
const maxNamed = 5;

/** Why no topic of a pattern delivers now. */
export function nothingOf({ pattern }: Pick<PatternRow, 'pattern'>, all: readonly PatternTopic[]): Problem {
  const refused = all.map(({ id, refusal = '' }) => `${id}: ${refusal}`);
  const first = refused.slice(0, maxNamed).join(', ') || '—';
  const { length } = refused;
  const topics =
    length > maxNamed
      ? { zh: `${first} 等 ${length} 个`, en: `${first} and ${length - maxNamed} more` }
      : first;
  return new Problem('pattern_empty', { pattern, topics });
}
