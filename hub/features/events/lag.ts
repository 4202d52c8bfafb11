/**
 * How many events a subscription has not delivered yet, and the age of the oldest, as the consumer is shown it.
 *
 * Counted are the events of its types after the position up to which the consumer acknowledged all, or the hub sent all to its webhook. At
 * most `maxCounted` are counted, among the next ten thousand events of each topic. A subscription with a filter has no lag: the hub evaluates
 * filters event by event, and events that it leaves out would wait for ever.
 *
 * There is no lag where an event may be withheld: next to the events that were received, the number would show how many were. So a type
 * counts only while the release flow permits it, without a condition on its rows and without consents. Where a type of a topic does not count,
 * the subscription to it has no lag; of a pattern, that topic is left out.
 *
 * A list must not fail by it: at most `maxPlaces` places of topics are counted for one answer, and where the count takes longer than a
 * statement may, no subscription has a lag.
 */
import type { components } from '../../../api/openapi.ts';
import { decided } from '../../flows/release/allowedCall.ts';
import { failureOf } from '../../platform/database/failure.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { RegistrySnapshot } from '../../registry/snapshot.ts';
import { requestOf } from './dispatchWork.ts';
import type { PatternTopic } from './patternTopics.ts';
import type { ListedSubscription } from './store/subscriptions.ts';
import { countUndelivered, type Reached } from './store/undelivered.ts';

type Lag = NonNullable<components['schemas']['Subscription']['lag']>;

const maxCounted = 1_000;
/** Topics, or places of topics where the types of a pattern are not equally far, of all subscriptions of a list. */
const maxPlaces = 100;

/** A subscription, and what is known of its position. */
export interface Followed {
  readonly row: ListedSubscription;
  /** of a pattern: the topics that it matches now */
  readonly topics: readonly PatternTopic[] | undefined;
  /** of a webhook: number of the event up to which it got all */
  readonly sent: bigint | undefined;
}

/** The lag of each subscription that has one, by id. @param now Unix milliseconds */
export async function lagsOf(
  reader: Reader,
  current: RegistrySnapshot,
  followed: readonly Followed[],
  now: number,
): Promise<ReadonlyMap<string, Lag>> {
  const reached: Place[] = [];
  let places = 0;
  for (const one of followed) {
    const its = reachedOf(one, current, now);
    const more = its.filter(({ isAtEnd }) => !isAtEnd).length;
    if (places + more > maxPlaces) continue;
    places += more;
    reached.push(...its);
  }
  const counted = new Map<string, { events: number; oldestAt: number | null }>();
  // a subscription whose topics are all read to their end has a lag of none
  for (const { subscription } of reached) counted.set(subscription, { events: 0, oldestAt: null });
  const behind = reached.filter(({ isAtEnd }) => !isAtEnd);
  const found = await countUndelivered(reader, behind, maxCounted).catch((error: unknown) => {
    if (failureOf(error) === 'deadline') return undefined;
    throw error;
  });
  if (found === undefined) return new Map();
  for (const { subscription, events, oldestAt } of found) {
    const sum = counted.get(subscription);
    if (sum === undefined) continue;
    sum.events += events;
    if (oldestAt !== null) sum.oldestAt = Math.min(sum.oldestAt ?? oldestAt, oldestAt);
  }
  return new Map(
    [...counted].map(([id, { events, oldestAt }]) => [
      id,
      {
        events: Math.min(events, maxCounted),
        more: events > maxCounted,
        ...(oldestAt === null ? {} : { oldestSeconds: Math.max(0, Math.floor((now - oldestAt) / 1_000)) }),
      },
    ]),
  );
}

type Place = Reached & { readonly isAtEnd: boolean };

function reachedOf(
  { row, topics, sent }: Followed,
  current: RegistrySnapshot,
  now: number,
): readonly Place[] {
  const { id: subscription, topic, types, agreement, acknowledged, endedAt } = row;
  if (endedAt !== undefined || row.filter.length > 0) return [];
  const isWhole = (type: string, under: string): boolean => {
    const { decision, refusal } = decided(requestOf({ ...row, agreement: under }, type), current, now);
    if (refusal !== undefined) return false;
    return decision.rowFilter.length === 0 && decision.consent === undefined;
  };
  if (topics === undefined) {
    if (!types.every((type) => isWhole(type, agreement))) return [];
    return [{ subscription, topic, types, position: sent ?? acknowledged, since: null, isAtEnd: false }];
  }
  return topics.flatMap(({ id, types: matched, agreements, refusal, newest }): Place[] => {
    const given = matched.filter(({ type }) => agreements.has(type));
    if (refusal !== undefined || !given.every(({ type }) => isWhole(type, agreements.get(type) ?? '')))
      return [];
    const places = given.map(({ type, position, acknowledged: reached }) => ({
      subscription,
      topic: id,
      types: [type],
      position: reached,
      since: position === null ? row.beginsAt : null,
      isAtEnd: newest <= reached,
    }));
    return together(places);
  });
}

/** Places of one topic: types that are equally far are counted at once. */
function together(places: readonly Place[]): Place[] {
  const found = new Map<string, Place>();
  for (const place of places) {
    const name = `${place.position} ${place.since}`;
    const types = [...(found.get(name)?.types ?? []), ...place.types];
    found.set(name, { ...place, types });
  }
  return [...found.values()];
}
