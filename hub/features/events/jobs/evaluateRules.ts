/**
 * Rules over rows that came by call → events. The rows wait in `series_change`, written in the transaction of their call. States, position
 * and events change in one transaction, with a log entry where events are raised: after any crash each row was seen once.
 *
 *   rows that wait, states that are due → rules → events validated → entry + events + what response plans open + states + position
 */
import type { KeyObject } from 'node:crypto';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { breather } from '../../../../machine/yieldIfSlow.ts';
import { Problem } from '../../../../terms/problem.ts';
import {
  dueAt,
  parseRule,
  silent,
  step,
  type Crossing,
  type EventRule,
  type ParsedRule,
  type Step,
} from '../../../domain/eventRule.ts';
import { subjectHash } from '../../../domain/subjectHash.ts';
import { DecideAfresh } from '../../../pipeline/call.ts';
import type { Database } from '../../../platform/database/database.ts';
import { withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import type { Job, JobResult, JobRun, Wait } from '../../../platform/jobs/job.ts';
import type { Noted } from '../../../platform/jobs/noted.ts';
import type { Registry } from '../../../registry/registry.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { intakeRulesOf } from '../../../registry/store/datasets.ts';
import { disclosed, ruleFault, unfitRules } from '../../../registry/eventRuleFault.ts';
import { unavailable } from '../../../registry/unavailable.ts';
import { topicsByType } from '../../../registry/store/eventTypes.ts';
import {
  openedFacts,
  openingsOfTopics,
  publishWithOpenings,
  storeOpenings,
  type Openings,
} from '../openings.ts';
import { readEvents } from '../readEvents.ts';
import {
  busyDatasets,
  forgetRules,
  holdsEvents,
  movePosition,
  positionOf,
  putStates,
  renameRule,
  statesOf,
  waitingRows,
  type NamedRule,
  type Position,
  type StoredState,
  type WaitingRows,
} from '../store/eventRules.ts';
import { insertByTopic, type NewEvent } from '../store/events.ts';
import { topicById, type TopicRow } from '../store/topics.ts';

export interface RuleServices {
  readonly database: Database;
  readonly registry: Registry;
  readonly subjectKey: KeyObject;
  readonly noted: { readonly rules: Noted };
}

/** Calls of one round, each of at most 10,000 rows. */
const maxCalls = 20;
/** Milliseconds after which a run begins no further round: other processes may then take the job. */
const maxRunMs = 10_000;
/** Series of one round that fire because no reading came. */
const maxDue = 2_000;
/** Events that wait for their type, of one series under one rule; more push out the oldest. */
const maxHeld = 1_000;
/** Events of one round after which what waited for its type goes on waiting for the next round. */
const maxFired = 1_000;

export const evaluateRules = (services: RuleServices): Job => ({
  name: 'evaluateRules',
  every: 2_000,
  noted: services.noted.rules,
  lease: 60_000,
  run: async (run): Promise<JobResult> => {
    const { database, registry } = services;
    await registry.refresh();
    const ruled = [...registry.current.datasets.values()]
      .filter(({ row }) => (intakeRulesOf(row).eventRules ?? []).length > 0 && row.state !== 'retired')
      .map(({ row }) => row.id);
    const failures: unknown[] = [];
    const end = performance.now() + maxRunMs;
    const rules = ruled.flatMap((id) => namedRules(registry, id));
    let left = await busyDatasets(database.app, run.now(), ruled, rules);
    // one round of each dataset in turn
    while (left.length > 0 && !run.signal.aborted && performance.now() < end) {
      const unfinished: string[] = [];
      for (const id of left) if (await attempted(services, id, { ruled, run, failures })) unfinished.push(id);
      left = unfinished;
    }
    const more = left.length > 0 && failures.length === 0 && !run.signal.aborted;
    return { more, failures, waits: await closedTypes(services, ruled) };
  },
});

interface Attempt {
  readonly ruled: readonly string[];
  readonly run: JobRun;
  readonly failures: unknown[];
}

/** A round of one dataset. Its errors do not end those of others. @returns whether more waits */
async function attempted(
  services: RuleServices,
  id: string,
  { ruled, run, failures }: Attempt,
): Promise<boolean> {
  if (run.signal.aborted) return true;
  const { database, registry } = services;
  const dataset = ruled.includes(id) ? registry.current.datasets.get(id) : undefined;
  try {
    if (dataset !== undefined) return await evaluated(services, dataset, run, failures);
    await withTransaction(database.app, (transaction) => forgetRules(transaction, id));
  } catch (error) {
    // rows were deleted, or another process moved the position: another round reads what is there now
    if (error instanceof DecideAfresh) return true;
    failures.push(error);
  }
  return false;
}

/** What a round found. */
interface Round {
  readonly states: Map<string, StoredState & { readonly due: number | undefined }>;
  readonly fired: Fired[];
  /** events that could leave wait for the next round */
  isCut: boolean;
}

interface Fired extends Crossing {
  readonly parsed: ParsedRule;
  readonly series: string;
}

/** @returns whether more waits */
async function evaluated(
  services: RuleServices,
  dataset: LiveDataset,
  run: JobRun,
  failures: unknown[],
): Promise<boolean> {
  const { app } = services.database;
  const { id } = dataset.row;
  const { eventRules = [], byCall } = intakeRulesOf(dataset.row);
  const rules = eventRules.map((rule) => parseRule(rule, byCall));
  const now = run.now();
  const before = await movedRules(services, dataset, rules);
  const calls = await waitingRows(app, id, maxCalls);
  const whole = calls.length < maxCalls;
  const series = [...new Set(calls.flatMap(({ rows }) => rows.map(([key]) => JSON.stringify(key))))];
  // a series whose next reading is queued after these calls is not silent
  const due = whole ? now : 0;
  const names = rules.map(({ name }) => name);
  const closed = closedRules(services.registry, dataset);
  const held = new Set(rules.filter(({ rule }) => closed.has(rule)).map(({ name }) => name));
  const open = whole ? names.filter((name) => !held.has(name)) : [];
  const known = await statesOf(app, id, { rules: names, open, series, due, maxStates: maxDue });
  const round = await applied(rules, held, { calls, known, now });
  const events = await eventsOf(services, dataset, round.fired, now, failures);
  const write = async (
    transaction: Transaction,
    exchange: string,
    openings: Openings | undefined,
  ): Promise<void> => {
    const seen = calls.map(({ sequence }) => sequence);
    if (!(await movePosition(transaction, id, before, seen, names))) throw new DecideAfresh();
    await putStates(transaction, id, [...round.states.values()]);
    await insertByTopic(transaction, events, exchange);
    if (openings !== undefined) await storeOpenings(transaction, openings, { exchange, now });
  };
  const stored = [...events.values()].flat().length;
  if (stored === 0) await withTransaction(app, (transaction) => write(transaction, '', undefined));
  else
    await publishWithOpenings(
      await openingsOfTopics(app, services.registry, events, now),
      failures,
      (openings) =>
        run.act({
          kind: 'intake',
          dataset: id,
          provider: dataset.row.department,
          change: { topic: [...events.keys()].join(' '), stored, ...openedFacts(openings) },
          work: (transaction, exchange) => write(transaction, exchange, openings),
          bumpsEpoch: openings.movesPurpose,
        }),
    );
  return !whole || round.isCut || known.filter(({ isDue }) => isDue).length >= maxDue;
}

/**
 * The position of a dataset, with the states of rules of which only the type was changed under their new name: so the crossings that wait
 * for a type that protects too little are published under the one that takes its place.
 */
async function movedRules(
  { database, registry }: RuleServices,
  { row }: LiveDataset,
  rules: readonly ParsedRule[],
): Promise<Position> {
  const { app } = database;
  const before = await positionOf(app, row.id);
  const names = rules.map(({ name }) => name);
  const gone = new Set(before.rules.filter((name) => !names.includes(name)));
  if (gone.size === 0) return before;
  const types = [...registry.current.datasets.values()]
    .filter((other) => other.row.mode === 'events' && other.row.department === row.department)
    .map((other) => other.row.id);
  const moves = rules
    .filter(({ name }) => !before.rules.includes(name))
    .flatMap(({ rule, name: to }) => {
      const formerNames = types.map((type) => parseRule({ ...rule, type }).name);
      const from = formerNames.find((name) => gone.has(name));
      return from === undefined ? [] : [{ from, to }];
    });
  if (moves.length === 0) return before;
  await withTransaction(app, async (transaction) => {
    for (const move of moves) await renameRule(transaction, row.id, move);
    if (!(await movePosition(transaction, row.id, before, [], names))) throw new DecideAfresh();
  });
  return positionOf(app, row.id);
}

/**
 * Rules whose type takes no events now, each with the reason: it is suspended, or protects less than the readings. What they raise is held
 * with the state of the series, and published when the type takes events again.
 */
function closedRules(
  { current }: Pick<Registry, 'current'>,
  dataset: LiveDataset,
): ReadonlyMap<EventRule, Problem> {
  const found = new Map<EventRule, Problem>();
  for (const rule of intakeRulesOf(dataset.row).eventRules ?? []) {
    const type = current.datasets.get(rule.type);
    if (type === undefined || type.row.state === 'retired') continue;
    const reason = ruleFault(rule, disclosed(dataset), disclosed(type));
    if (type.row.state === 'suspended') found.set(rule, unavailable(type.row));
    else if (reason !== undefined) found.set(rule, new Problem('event_rule_unfit', { reason }));
  }
  return found;
}

function namedRules(registry: Pick<Registry, 'current'>, id: string): readonly NamedRule[] {
  const dataset = registry.current.datasets.get(id);
  if (dataset === undefined) return [];
  const { eventRules = [], byCall } = intakeRulesOf(dataset.row);
  const closed = closedRules(registry, dataset);
  return eventRules.map((rule) => ({
    dataset: id,
    rule: parseRule(rule, byCall).name,
    isOpen: !closed.has(rule),
  }));
}

/** Each rule that protects too little, whose type is retired, or that holds events of a type that is suspended. */
async function closedTypes(
  { database, registry }: RuleServices,
  ruled: readonly string[],
): Promise<readonly Wait[]> {
  const waits: Wait[] = unfitRules(registry.current).map(({ dataset, rule, reason }) => ({
    dataset,
    rule: rule.id,
    reason: new Problem('event_rule_unfit', { reason }),
  }));
  for (const id of ruled) {
    const dataset = registry.current.datasets.get(id);
    if (dataset === undefined) continue;
    for (const rule of intakeRulesOf(dataset.row).eventRules ?? []) {
      const type = registry.current.datasets.get(rule.type);
      if (type?.row.state === 'retired')
        waits.push({ dataset: id, rule: rule.id, reason: unavailable(type.row) });
    }
    for (const [rule, reason] of closedRules(registry, dataset)) {
      if (reason.code === 'event_rule_unfit') continue;
      const { name } = parseRule(rule, intakeRulesOf(dataset.row).byCall);
      if (await holdsEvents(database.app, id, name)) waits.push({ dataset: id, rule: rule.id, reason });
    }
  }
  return waits;
}

interface Arrived {
  readonly calls: readonly WaitingRows[];
  readonly known: readonly (StoredState & { readonly isDue: boolean })[];
  readonly now: number;
}

/** Calls of other parties proceed between the rows. @param held names of rules whose events wait */
async function applied(
  rules: readonly ParsedRule[],
  held: ReadonlySet<string>,
  { calls, known, now }: Arrived,
): Promise<Round> {
  const breathe = breather();
  const round: Round = { states: new Map(), fired: [], isCut: false };
  const before = new Map(known.map((one) => [placeOf(one.rule, one.series), one.state]));
  const put = (parsed: ParsedRule, series: string, { state: next, fired }: Step, cause: string): void => {
    const place = placeOf(parsed.name, series);
    const { held: waiting = [], ...rest } = next;
    const crossings = fired === undefined ? waiting : [...waiting, { ...fired, cause }];
    const isCut = waiting.length > 0 && round.fired.length >= maxFired && !held.has(parsed.name);
    round.isCut ||= isCut;
    const retained = isCut ? crossings : crossings.slice(-maxHeld);
    const waits = isCut || held.has(parsed.name) ? retained : [];
    if (waits.length === 0) round.fired.push(...crossings.map((one) => ({ parsed, series, ...one })));
    const state = waits.length === 0 ? rest : { ...rest, held: waits };
    before.set(place, state);
    round.states.set(place, { rule: parsed.name, series, state, due: dueAt(parsed, state) });
  };
  for (const { sequence, storedAt, fields, rows } of calls) {
    const placed = rules.map((parsed) => {
      const { when } = parsed;
      return { parsed, place: when.kind === 'silence' ? -1 : fields.indexOf(when.field) };
    });
    for (const [nth, [key, time, values]] of rows.entries()) {
      const series = JSON.stringify(key);
      for (const { parsed, place } of placed) {
        const reading = { time, value: values[place] ?? null, arrivedAt: storedAt };
        const next = step(parsed, before.get(placeOf(parsed.name, series)), reading);
        put(parsed, series, next, `${sequence}.${nth}`);
        const pause = breathe();
        if (pause !== undefined) await pause;
      }
    }
  }
  for (const { rule, series, state, isDue } of known) {
    const parsed = rules.find(({ name }) => name === rule);
    if (!isDue || parsed === undefined) continue;
    if (round.fired.length >= maxFired) {
      round.isCut = true;
      break;
    }
    put(parsed, series, silent(parsed, state, now), `silent.${uuid7(now)}`);
  }
  return round;
}

const placeOf = (rule: string, series: string): string => `${rule}\n${series}`;

/**
 * Events by topic, in the order in which they are stored. One that its type does not take is reported and left out; those of a type that is
 * retired are left out, which is reported as a state.
 */
async function eventsOf(
  services: RuleServices,
  { row, schema }: LiveDataset,
  fired: readonly Fired[],
  now: number,
  failures: unknown[],
): Promise<ReadonlyMap<string, readonly NewEvent[]>> {
  const { database, registry } = services;
  const topics = await topicsByType(database.app, [...new Set(fired.map(({ parsed }) => parsed.rule.type))]);
  const rows = new Map<string, TopicRow>();
  for (const topic of [...new Set(topics.values())].sort()) {
    const found = await topicById(database.app, topic);
    if (found !== undefined) rows.set(topic, found);
  }
  const events = new Map<string, NewEvent[]>();
  const keys = schema.primaryKey.slice(0, -1);
  const timeField = schema.primaryKey.at(-1) ?? '';
  for (const { parsed, series, time, value, cause } of fired) {
    const { id, severity, type } = parsed.rule;
    if (registry.current.datasets.get(type)?.row.state === 'retired') continue;
    const topic = rows.get(topics.get(type) ?? '');
    if (topic === undefined) {
      failures.push(new Problem('dataset_unknown', { dataset: type }));
      continue;
    }
    const values = JSON.parse(series) as readonly unknown[];
    const data = {
      ...Object.fromEntries(keys.map((name, i) => [name, values[i]])),
      [timeField]: time,
      rule: id,
      severity,
      value,
    };
    const source = `/v1/datasets/${row.id}`;
    const event = { specversion: '1.0' as const, id: `${id}.${cause}`, source, type, data };
    const reader = {
      registry,
      topic,
      now,
      newId: () => uuid7(now),
      subjectHash: (kind: string, text: string) =>
        Buffer.from(subjectHash(services.subjectKey, kind, text), 'hex'),
    };
    try {
      const list = events.get(topic.id) ?? [];
      // `given` is source and id. With an empty source, which no publisher can send, the ids of a rule's events cannot be taken in advance.
      list.push(...readEvents(reader, [event]).map((one) => ({ ...one, given: `\n${one.given}` })));
      events.set(topic.id, list);
    } catch (error) {
      // suspended since the round began: the next one holds the event
      if (registry.current.datasets.get(type)?.row.state === 'suspended') throw error;
      failures.push(error);
    }
  }
  return events;
}
