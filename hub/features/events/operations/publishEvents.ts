/**
 * POST /v1/topics/{topic}/events. Events, their numbers and the log entry are one transaction (transactional outbox): what was answered is
 * stored, and what was not answered is not there.
 *
 *   owner → validate → known events → answer; with its entry: lock the topic → known events as before → number and store → open and close
 *   what response plans say
 */
import { uuid7 } from '../../../../machine/uuid7.ts';
import { hubEventKind } from '../hubEvent.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed, DecideAfresh } from '../../../pipeline/call.ts';
import type { LeafFacts } from '../../../log/entry.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { openedFacts, openingsOf, storeOpenings, type Openings } from '../openings.ts';
import { readEvents } from '../readEvents.ts';
import { eventOperation } from '../services.ts';
import { insertEvents, knownEvents, lockTopic, type KnownEvent, type NewEvent } from '../store/events.ts';
import { plansOfTopic } from '../store/plans.ts';
import { topicById } from '../store/topics.ts';

/** @throws Problem topic_unknown, topic_not_owned (of another department, or types of the hub's own events), event_invalid, event_id_reused, dataset_unavailable, open_events_full */
export const publishEvents = eventOperation('publishEvents', {
  kind: 'intake',
  run: async (call, { database, registry, identity, keys, webhooks }) => {
    const { exchange, now, caller } = call;
    const topic = await topicById(database.app, call.params.topic);
    if (topic === undefined) throw new Problem('topic_unknown', { topic: call.params.topic });
    if (topic.department !== caller.department) throw new Problem('topic_not_owned', { topic: topic.id });
    const given = Array.isArray(call.body) ? call.body : [call.body];
    const read = readEvents(
      {
        registry,
        topic,
        now,
        newId: () => uuid7(now),
        subjectHash: (kind, value) => Buffer.from(keys.subjectHash(kind, value), 'hex'),
      },
      given,
    );
    const isOffice = identity.department(caller.department)?.dataOffice === true;
    if (isOffice && read.some(({ schema }) => hubEventKind(schema) !== undefined))
      throw new Problem('topic_not_owned', { topic: topic.id });
    const events = onceEach(read);
    const names = events.map((event) => event.given);
    const [known, plans] = await Promise.all([
      knownEvents(database.app, topic.id, names),
      plansOfTopic(database.app, topic.id),
    ]);
    const fresh = freshOf(events, known);
    const firsts = new Map(events.map((event) => [event.given, event]));
    const openings = openingsOf(registry, plans, fresh, now);
    return allowed<'publishEvents'>(
      200,
      {
        topic: topic.id,
        stored: fresh.length,
        repeated: read.length - fresh.length,
        events: given.map(({ source, id }, at) => {
          const name = `${source}\n${id}`;
          const first = firsts.get(name);
          const before = known.get(name);
          const event = before?.id ?? first?.id ?? '';
          return { source, id, event, repeated: before !== undefined || first !== read[at] };
        }),
      },
      {
        facts: factsOf(topic.id, caller.department, read, fresh.length, openings),
        work: async (transaction) => {
          await store(transaction, topic.id, events, fresh, exchange);
          await storeOpenings(transaction, openings, { exchange, now });
        },
        bumpsEpoch: openings.movesPurpose,
        whenDurable: () => webhooks.stored(),
      },
    );
  },
});

/** The events without those that repeat an earlier event of the same call. @throws Problem event_id_reused where the content is another */
function onceEach(events: readonly NewEvent[]): readonly NewEvent[] {
  const first = new Map<string, NewEvent>();
  for (const event of events) {
    const before = first.get(event.given);
    if (before === undefined) first.set(event.given, event);
    else if (!before.digest.equals(event.digest)) throw new Problem('event_id_reused');
  }
  return [...first.values()];
}

/** Events that are not stored yet. @throws Problem event_id_reused */
function freshOf(events: readonly NewEvent[], known: ReadonlyMap<string, KnownEvent>): readonly NewEvent[] {
  return events.filter(({ given, digest }) => {
    const before = known.get(given);
    if (before !== undefined && !before.digest.equals(digest)) throw new Problem('event_id_reused');
    return before === undefined;
  });
}

/** What the entry says. Ids and sources are the publisher's own texts, so the entry counts them and does not name them. */
function factsOf(
  topic: string,
  department: string,
  events: readonly NewEvent[],
  stored: number,
  openings: Openings,
): LeafFacts {
  const types = [...new Set(events.map(({ type }) => type))].sort();
  const [first] = events;
  return {
    provider: department,
    ...(types.length === 1 && first !== undefined ? { dataset: first.type, schema: first.schema } : {}),
    change: {
      topic,
      types: types.join(' '),
      stored,
      repeated: events.length - stored,
      ...openedFacts(openings),
    },
  };
}

/** @throws DecideAfresh where another call stored some of them meanwhile */
async function store(
  transaction: Transaction,
  topic: string,
  events: readonly NewEvent[],
  fresh: readonly NewEvent[],
  exchange: string,
): Promise<void> {
  const last = await lockTopic(transaction, topic);
  const names = events.map(({ given }) => given);
  const known = await knownEvents(transaction, topic, names);
  if (last === undefined || freshOf(events, known).length !== fresh.length) throw new DecideAfresh();
  if (fresh.length > 0) await insertEvents(transaction, topic, last, fresh, exchange);
}
