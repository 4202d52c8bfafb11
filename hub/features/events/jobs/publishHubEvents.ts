/**
 * Publishes what the hub itself did, from its log: batches, schema versions, agreements and consents. Such an event is like any other: its
 * topic belongs to the data office, and it leaves under agreements of the data office. The position in the log is stored after the events;
 * after a crash in between, events that are stored already are recognised by their entry. Response plans of the data office open for them.
 * A type that is suspended waits: when it is published again, it gets what happened in the meantime, in order.
 *
 *   entries since the last run → those that are events → validated → entry + events + what response plans open
 */
import { createHash } from 'node:crypto';
import type { Leaf } from '../../../../log/leaf.ts';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { Problem } from '../../../../terms/problem.ts';
import {
  hubEventCount,
  hubEventData,
  hubEventKind,
  hubEventKindOf,
  type HubEventData,
  type HubEventKind,
} from '../hubEvent.ts';
import { typesOfHub } from '../hubTypes.ts';
import type { Identity } from '../../../identity/identity.ts';
import type { OpenedAuditLog } from '../../../log/openAuditLog.ts';
import { leafIn } from '../../../log/search/leaves.ts';
import { followedBetween, storedReader, type FollowedEntry } from '../../../log/search/storedReader.ts';
import { leavesAt } from '../../../log/store/entries.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { Job, JobResult, JobRun } from '../../../platform/jobs/job.ts';
import type { Registry } from '../../../registry/registry.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { topicsByType } from '../../../registry/store/eventTypes.ts';
import { openedFacts, openingsOfTopics, publishWithOpenings, storeOpenings } from '../openings.ts';
import { insertByTopic, knownEvents, type NewEvent } from '../store/events.ts';

export interface HubEventServices {
  readonly database: Database;
  readonly audit: Pick<OpenedAuditLog, 'size'>;
  readonly registry: Registry;
  readonly identity: Pick<Identity, 'departments'>;
}

/** Entries of one run; more are read by the next one at once. */
const maxEntries = 10_240;
/** Events that one run stores; one entry has an event of each type that is about it. */
const maxEventsOfRun = 1_000;

/** A type of event that gets the hub's events, and its topic. */
interface HubType {
  readonly dataset: LiveDataset;
  readonly topic: string;
}

export function publishHubEvents(services: HubEventServices, maxEvents = maxEventsOfRun): Job {
  const readLeaf = storedReader();
  return {
    name: 'publishHubEvents',
    every: 2_000,
    lease: 60_000,
    isPositionSealed: true,
    run: async (run): Promise<JobResult> => {
      const { database, audit, registry } = services;
      const size = audit.size();
      const { next, waiting: waited } = positionIn(run.state);
      if (next !== undefined && next >= size && waited.size === 0) return {};
      await registry.refresh();
      const found = await hubTypes(services);
      // before the first type is registered, nothing is an event
      if (next === undefined || found.length === 0) return { state: { next: size } };
      const waiting = waitingOf(found, waited, next);
      const failures: unknown[] = [];
      // a type that waited gets the past first, alone, and then what is new with the others
      const late = found.find(({ dataset: { row } }) => row.state === 'published' && waiting.has(row.id));
      const { from, until, types } =
        late === undefined
          ? {
              from: next,
              until: size,
              types: byKind(found.filter(({ dataset }) => !waiting.has(dataset.row.id))),
            }
          : { from: waiting.get(late.dataset.row.id) ?? next, until: next, types: byKind([late]) };
      const read = Math.min(until, from + maxEntries);
      const entries = await followedBetween(database.app, from, read, readLeaf);
      const { indexes, to = read } = firstEvents(entries, types, maxEvents);
      const events = await eventsAt(services, types, indexes, { run, failures });
      if (events.size > 0) await publish(services, events, { run, failures });
      if (late === undefined) return { ...at(to, waiting), more: to < size && !run.signal.aborted, failures };
      if (to < next) waiting.set(late.dataset.row.id, to);
      else waiting.delete(late.dataset.row.id);
      return { ...at(next, waiting), more: !run.signal.aborted, failures };
    },
  };
}

/** Places in the log from which types wait, by id: those that waited before, and those that are suspended now. */
function waitingOf(
  found: readonly HubType[],
  waited: ReadonlyMap<string, number>,
  next: number,
): Map<string, number> {
  const waiting = new Map<string, number>();
  for (const { dataset } of found) {
    const { id, state } = dataset.row;
    const since = waited.get(id) ?? (state === 'suspended' ? next : undefined);
    if (since !== undefined) waiting.set(id, since);
  }
  return waiting;
}

/** Where the next run begins, and the places from which suspended types wait. */
const at = (next: number, waiting: ReadonlyMap<string, number>): JobResult => ({
  state: { next, ...(waiting.size === 0 ? {} : { waiting: Object.fromEntries(waiting) }) },
});

function positionIn(state: unknown): {
  readonly next: number | undefined;
  readonly waiting: ReadonlyMap<string, number>;
} {
  const { next, waiting } = (state ?? {}) as { readonly next?: unknown; readonly waiting?: unknown };
  const places = Object.entries((waiting ?? {}) as Readonly<Record<string, number>>);
  return { next: typeof next === 'number' ? next : undefined, waiting: new Map(places) };
}

/** Types of the data office that get events of the hub. Those that are suspended take none now. */
async function hubTypes({ database, registry, identity }: HubEventServices): Promise<readonly HubType[]> {
  const datasets = typesOfHub({ registry, identity });
  if (datasets.length === 0) return [];
  const topics = await topicsByType(
    database.app,
    datasets.map(({ row }) => row.id),
  );
  return datasets.flatMap((dataset) => {
    const topic = topics.get(dataset.row.id);
    return topic === undefined ? [] : [{ dataset, topic }];
  });
}

type TypesByKind = ReadonlyMap<HubEventKind | undefined, readonly HubType[]>;

function byKind(types: readonly HubType[]): TypesByKind {
  const found = new Map<HubEventKind | undefined, HubType[]>();
  for (const type of types) {
    const kind = hubEventKind(type.dataset.schema.urn);
    found.set(kind, [...(found.get(kind) ?? []), type]);
  }
  return found;
}

/**
 * The entries whose events one run stores.
 * @returns `to`: the entry at which the next run begins, where these entries have more events than one run stores
 */
function firstEvents(
  entries: readonly FollowedEntry[],
  types: TypesByKind,
  maxEvents: number,
): { readonly indexes: readonly number[]; readonly to?: number } {
  const indexes: number[] = [];
  let events = 0;
  for (const { index, leaf } of entries) {
    const typesOf = leaf === undefined ? [] : (types.get(hubEventKindOf(leaf)) ?? []);
    const count = leaf === undefined ? 0 : typesOf.length * hubEventCount(leaf);
    if (count === 0) continue;
    if (indexes.length > 0 && events + count > maxEvents) return { indexes, to: index };
    indexes.push(index);
    events += count;
  }
  return { indexes };
}

/** Events by topic, in the order of the log. One that its type does not take is reported and left out. */
async function eventsAt(
  { database }: HubEventServices,
  types: TypesByKind,
  indexes: readonly number[],
  { run, failures }: { readonly run: JobRun; readonly failures: unknown[] },
): Promise<ReadonlyMap<string, readonly NewEvent[]>> {
  const events = new Map<string, NewEvent[]>();
  for (const { leaf: bytes } of indexes.length === 0 ? [] : await leavesAt(database.app, indexes)) {
    const leaf = bytes === undefined ? undefined : leafIn(bytes);
    if (leaf === undefined) continue;
    for (const { dataset, topic } of types.get(hubEventKindOf(leaf)) ?? [])
      for (const data of hubEventData(leaf)) {
        if (dataset.compiled.check(data))
          events.set(topic, [...(events.get(topic) ?? []), hubEvent(dataset, leaf, data, run.now())]);
        else
          failures.push(new Problem('event_invalid', { count: 1, entry: leaf.id }, { at: dataset.row.id }));
      }
  }
  return events;
}

/** @param now Unix milliseconds */
function hubEvent({ row, schema }: LiveDataset, leaf: Leaf, data: HubEventData, now: number): NewEvent {
  const text = JSON.stringify(data);
  // no publisher can write an empty source
  const given = `\n${row.id} ${leaf.id}`;
  return {
    id: uuid7(now),
    type: row.id,
    schema: schema.urn,
    subject: null,
    given: hubEventKindOf(leaf) === 'closedEvent' ? `${given} ${data['recipient']}` : given,
    digest: createHash('sha256').update(text).digest(),
    time: Date.parse(leaf.at),
    data: text,
  };
}

/** One process at a time has the job, so no other process stores these events between the check and the act. */
async function publish(
  { database, registry }: HubEventServices,
  events: ReadonlyMap<string, readonly NewEvent[]>,
  { run, failures }: { readonly run: JobRun; readonly failures: unknown[] },
): Promise<void> {
  const fresh: (readonly [string, readonly NewEvent[]])[] = [];
  // in one order, for the entry
  for (const [topic, list] of [...events].sort(([one], [other]) => (one < other ? -1 : 1))) {
    const names = list.map(({ given }) => given);
    const known = await knownEvents(database.app, topic, names);
    const rest = list.filter(({ given }) => !known.has(given));
    if (rest.length > 0) fresh.push([topic, rest]);
  }
  const all = fresh.flatMap(([, list]) => list);
  const provider = registry.current.datasets.get(all[0]?.type ?? '')?.row.department;
  if (provider === undefined) return;
  const now = run.now();
  const whole = await openingsOfTopics(database.app, registry, fresh, now);
  await publishWithOpenings(whole, failures, (openings) =>
    run.act({
      kind: 'intake',
      provider,
      change: {
        topic: fresh.map(([topic]) => topic).join(' '),
        stored: all.length,
        ...openedFacts(openings),
      },
      work: async (transaction, exchange) => {
        await insertByTopic(transaction, fresh, exchange);
        await storeOpenings(transaction, openings, { exchange, now });
      },
      bumpsEpoch: openings.movesPurpose,
    }),
  );
}
