/**
 * Rules over the readings of a dataset (`intake.eventRules`) that raise events: whether they fit a dataset, and how a reading changes the
 * state of its series. Pure.
 */
import { createHash } from 'node:crypto';
import type { DatasetSchema, FieldType } from '../../schemas/datasetSchema.ts';
import { canonicalText } from '../../schemas/readJson.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { unixMoment } from '../../terms/civilDate.ts';
import { aligned, compareDecimal, decimalOf } from '../../terms/decimal.ts';
import { isExactNumber } from '../../terms/jsonText.ts';
import {
  compares,
  parseCondition,
  parseThreshold,
  type Change,
  type Condition,
  type Threshold,
} from './eventCondition.ts';
import { maxAheadMs, type ByCall } from './byCall.ts';
import { timeText } from './timeField.ts';

export interface EventRule {
  /** unique in its dataset */
  readonly id: string;
  /** `pm25 > 150 for 3 of 4 readings`, `level rises 20 in 10 min`, `no reading for 15 min` */
  readonly when: string;
  /** `pm25 < 120`: the rule can fire again once a reading satisfies it; absent: once `when` is no longer satisfied */
  readonly until?: string;
  /** after an event the series raises none for this long, by the time of its readings (`no reading for …`: by the hub's clock); absent: 0 */
  readonly coolDownSeconds?: number;
  readonly severity: 'info' | 'warning' | 'alarm';
  /** type of the events: a dataset of the same department with mode events, in a topic */
  readonly type: string;
}

/** The fields of an event's data in addition to those of the series. */
const eventFields = ['rule', 'severity', 'value'] as const;

/** Why a condition is invalid under this version; undefined where it is valid. */
export function conditionUnfit({ id, when, until }: EventRule, schema: DatasetSchema): Bilingual | undefined {
  const condition = parseCondition(when);
  if (condition === undefined)
    return {
      zh: `${id}：when 须写明阈值（pm25 > 150）、升降或多久没有读数，写法见 docs/rows.zh-CN.md`,
      en: `${id}: when is written as “pm25 > 150 for 3 of 4 readings”, “level rises 20 in 10 min” or “no reading for 15 min”`,
    };
  if (condition.kind !== 'silence' && !isNumber(schema, condition.field))
    return {
      zh: `${id}：没有数值数据项 ${condition.field}`,
      en: `${id}: there is no numeric field ${condition.field}`,
    };
  const inexact = [when, until ?? ''].flatMap((text) => text.split(' ')).find(isInexact);
  if (inexact !== undefined)
    return {
      zh: `${id}：数值 ${inexact} 的位数过多，无法精确比较`,
      en: `${id}: the number ${inexact} has more digits than can be compared exactly`,
    };
  const clears = until === undefined ? undefined : parseThreshold(until);
  const same = condition.kind !== 'silence' && clears?.field === condition.field && clears.readings === 1;
  if (until !== undefined && !same)
    return {
      zh: `${id}：until 写作对 when 的同一数据项的一次比较，例如“pm25 < 120”`,
      en: `${id}: until is one comparison of the field of when, such as “pm25 < 120”`,
    };
  return undefined;
}

const isInexact = (word: string): boolean => /^-?\d/.test(word) && !isExactNumber(word);

const isNumber = ({ fields }: DatasetSchema, name: string): boolean =>
  fields.some((one) => one.name === name && (one.type === 'number' || one.type === 'integer'));

/** Why the events of a rule would reach no subscriber. */
export const withoutTopic = ({ id, type }: Pick<EventRule, 'id' | 'type'>): Bilingual => ({
  zh: `${id}：${type} 不属于任何主题`,
  en: `${id}: ${type} belongs to no topic`,
});

/**
 * Why a type cannot take the events of a rule. It must have the fields of the key and of the rule, and may require no others. `value` is a
 * number, or null for a rule about silence.
 * @param type its schema; undefined where there is no such type in the department
 */
export function typeUnfit(
  { id, when }: Pick<EventRule, 'id' | 'when'>,
  schema: DatasetSchema,
  type: DatasetSchema | undefined,
): Bilingual | undefined {
  if (type === undefined)
    return {
      zh: `${id}：type 应为本部门一个事件类型（mode: events），且已属于一个主题`,
      en: `${id}: type must be a type of event (mode: events) of the department that belongs to a topic`,
    };
  const taken = eventFields.find((name) => schema.primaryKey.includes(name));
  if (taken !== undefined)
    return {
      zh: `${id}：读数主键的数据项 ${taken} 与事件的同名数据项冲突；请在读数的标准中改名`,
      en: `${id}: the field ${taken} of the readings' key has the name of a field of the event; rename it in the schema of the readings`,
    };
  const given = new Set([...schema.primaryKey, ...eventFields]);
  const missing = [...given].find((name) => !type.fields.some((one) => one.name === name));
  if (missing !== undefined)
    return {
      zh: `${id}：事件类型的标准没有数据项 ${missing}`,
      en: `${id}: the type of event has no field ${missing}`,
    };
  const more = type.fields.find(({ name, required }) => required && !given.has(name));
  return more === undefined
    ? (textOrKeyUnfit(id, schema, type) ?? valueUnfit({ id, when }, type))
    : {
        zh: `${id}：规则不给出事件类型必填的 ${more.name}`,
        en: `${id}: a rule gives no ${more.name}, which the type of event requires`,
      };
}

/** Why the type of event could not accept the key, the rule or the severity of any event of a rule. */
function textOrKeyUnfit(id: string, schema: DatasetSchema, type: DatasetSchema): Bilingual | undefined {
  const typeOf = ({ fields }: DatasetSchema, name: string): FieldType | undefined =>
    fields.find((one) => one.name === name)?.type;
  const given = [
    ...schema.primaryKey.map((name) => ({ name, is: typeOf(schema, name) })),
    ...(['rule', 'severity'] as const).map((name) => ({ name, is: 'string' as const })),
  ];
  const other = given.find(({ name, is }) => {
    const accepted = typeOf(type, name);
    return accepted !== is && !(is === 'integer' && accepted === 'number');
  });
  return other === undefined
    ? undefined
    : {
        zh: `${id}：事件类型的 ${other.name} 的 type 应为 ${other.is ?? ''}`,
        en: `${id}: ${other.name} of the type of event must have the type ${other.is ?? ''}`,
      };
}

/** Why the type of event could not accept the value of any event of a rule. */
function valueUnfit(
  { id, when }: Pick<EventRule, 'id' | 'when'>,
  type: DatasetSchema,
): Bilingual | undefined {
  const kind = parseCondition(when)?.kind;
  if (kind === 'silence')
    return type.fields.some(({ name, nullable }) => name === 'value' && nullable)
      ? undefined
      : {
          zh: `${id}：无读数的事件没有数值，事件类型的 value 须允许为空（type: [number, 'null']）`,
          en: `${id}: an event of silence has no value, so value of the type of event must accept null (type: [number, 'null'])`,
        };
  return kind === undefined || isNumber(type, 'value')
    ? undefined
    : {
        zh: `${id}：事件类型的 value 应为数值`,
        en: `${id}: value of the type of event must be a number`,
      };
}

/** A rule and its condition, with the name under which the states of its series are stored: a changed wording starts with new states. */
export interface ParsedRule {
  readonly rule: EventRule;
  readonly when: Condition;
  readonly until: Threshold | undefined;
  readonly name: string;
  /** a reading whose moment is further ahead of its arrival is not considered */
  readonly aheadMs: number;
}

/** @throws TypeError of a rule that `conditionUnfit` rejects */
export function parseRule(rule: EventRule, byCall: ByCall = {}): ParsedRule {
  const when = parseCondition(rule.when);
  if (when === undefined) throw new TypeError('the rule cannot be read');
  const until = rule.until === undefined ? undefined : parseThreshold(rule.until);
  const digest = createHash('sha256').update(canonicalText(rule)).digest('hex').slice(0, 16);
  return { rule, when, until, name: `${rule.id} ${digest}`, aheadMs: maxAheadMs(byCall) };
}

/** How the rules are written in the log. */
export const eventRuleText = ({ id, when, type }: EventRule): string => `${id}: ${when} → ${type}`;

/** The stored state of one series under a rule. */
export interface SeriesState {
  /** moments in Unix milliseconds and values, the oldest first; of several readings in one millisecond the one that arrived last */
  readonly readings: readonly (readonly [at: number, value: number])[];
  /** the rule has fired and fires again only after its condition has ended */
  readonly raised: boolean;
  /** moment at which it last fired: that of its reading, for `no reading for …` the hub's clock */
  readonly firedAt: number | null;
  /** when the hub received the last reading, Unix milliseconds */
  readonly seenAt: number;
  /** time of the last considered reading, as written in the row; empty: none */
  readonly time: string;
  /** events that wait until their type accepts events again, the oldest first; absent: none */
  readonly held?: readonly Crossing[];
}

/** A reading, or a silence, for which the rule fired. */
export interface Crossing {
  readonly time: string;
  readonly value: number | null;
  /** distinguishes the event from others of the rule */
  readonly cause: string;
}

export interface Reading {
  /** as written in the row */
  readonly time: string;
  /** of the field of the rule; null: none */
  readonly value: number | null;
  /** when the hub received it, Unix milliseconds */
  readonly arrivedAt: number;
}

export interface Step {
  readonly state: SeriesState;
  /** the reading that fired; undefined where no event is raised */
  readonly fired?: { readonly time: string; readonly value: number | null };
}

const fresh: SeriesState = { readings: [], raised: false, firedAt: null, seenAt: 0, time: '' };

/**
 * The effect of one reading. Late readings are inserted in the window by their time. A reading too far ahead only shows that the series
 * is not silent: as the newest of its series it would hide all readings until its moment.
 */
export function step(parsed: ParsedRule, stored: SeriesState = fresh, reading: Reading): Step {
  const { when } = parsed;
  const seenAt = Math.max(stored.seenAt, reading.arrivedAt);
  const latest = seenAt + parsed.aheadMs;
  const before = withoutAfter(latest, stored);
  const moment = unixMoment(reading.time);
  const isAhead = moment > latest;
  const time = !isAhead && reading.time > before.time ? reading.time : before.time;
  const seen: SeriesState = { ...before, time, seenAt };
  if (when.kind === 'silence') return { state: { ...seen, raised: false } };
  if (isAhead) return { state: seen };
  if (reading.value === null) return { state: withoutValue(parsed, when, seen, moment) };
  const readings = windowWith(when, before.readings, [moment, reading.value]);
  if (readings === undefined) return { state: seen };
  const newest = readings.at(-1) ?? [0, 0];
  const state = { ...seen, readings };
  if (before.raised) return { state: { ...state, raised: !isOver(parsed, when, readings) } };
  if (!holds(when, readings) || isQuiet(parsed, before, newest[0])) return { state };
  // a late reading may fire by a newer one, and the newest moment may be of a reading without a value
  const at =
    [reading.time, before.time].find((text) => unixMoment(text) === newest[0]) ?? timeText(newest[0]);
  return { state: { ...state, raised: true, firedAt: newest[0] }, fired: { time: at, value: newest[1] } };
}

/** The effect of a reading without a value: a value that it replaces no longer counts, and may have kept the rule raised. */
function withoutValue(
  parsed: ParsedRule,
  when: Threshold | Change,
  state: SeriesState,
  moment: number,
): SeriesState {
  const readings = state.readings.filter(([at]) => at !== moment);
  if (readings.length === state.readings.length) return state;
  return { ...state, readings, raised: state.raised && !isOver(parsed, when, readings) };
}

/** Whether a rule that fired can fire again. */
function isOver({ until }: ParsedRule, when: Threshold | Change, readings: SeriesState['readings']): boolean {
  if (until === undefined) return !holds(when, readings);
  const newest = readings.at(-1);
  return newest !== undefined && compares(until, newest[1]);
}

/** Removes everything after a moment: earlier versions of the hub stored readings far ahead of the clock. @param latest Unix milliseconds */
const withoutAfter = (latest: number, { readings, firedAt, time, ...rest }: SeriesState): SeriesState => ({
  ...rest,
  readings: readings.filter(([at]) => at <= latest),
  firedAt: firedAt !== null && firedAt > latest ? null : firedAt,
  time: unixMoment(time) > latest ? '' : time,
});

/**
 * A state without readings that were deleted, and without the events of them that wait; the state itself where it has none of them. If the
 * reading for which the rule fired last was false, or its event can no longer be published, the rule can fire again at once.
 * @param isGone whether a reading of a moment, in Unix milliseconds, was deleted
 * @param why deleted by their keys, readings were false; with a period they ended, and what they raised still counts
 */
export function withoutReadings(
  state: SeriesState,
  isGone: (moment: number) => boolean,
  why: 'false' | 'ended',
): SeriesState {
  const { held = [], ...rest } = state;
  const { firedAt } = rest;
  const readings = rest.readings.filter(([at]) => !isGone(at));
  const waiting = held.filter(({ time }) => !isGone(unixMoment(time)));
  const time = rest.time !== '' && isGone(unixMoment(rest.time)) ? '' : rest.time;
  const waited = held.some(({ time: at }) => unixMoment(at) === firedAt);
  const isUnraised = firedAt !== null && isGone(firedAt) && (why === 'false' || waited);
  const isSame = readings.length === rest.readings.length && waiting.length === held.length;
  if (isSame && time === rest.time && !isUnraised) return state;
  return {
    ...rest,
    ...(isUnraised ? { raised: false, firedAt: null } : {}),
    readings,
    time,
    ...(waiting.length === 0 ? {} : { held: waiting }),
  };
}

/** Unix milliseconds at which a series without a further reading fires; undefined where it does not. */
export function dueAt(
  { when, rule }: ParsedRule,
  { raised, seenAt, firedAt }: SeriesState,
): number | undefined {
  if (when.kind !== 'silence' || raised) return undefined;
  const quiet = firedAt === null ? 0 : firedAt + (rule.coolDownSeconds ?? 0) * 1_000;
  return Math.max(seenAt + when.forMs, quiet);
}

/** The effect of time alone. @param now Unix milliseconds */
export function silent(parsed: ParsedRule, before: SeriesState, now: number): Step {
  const due = dueAt(parsed, before);
  if (due === undefined || now < due) return { state: before };
  // no reading was considered yet: the time of the arrival
  const time = before.time === '' ? timeText(before.seenAt) : before.time;
  return { state: { ...before, raised: true, firedAt: now }, fired: { time, value: null } };
}

const isQuiet = ({ rule }: ParsedRule, { firedAt }: SeriesState, at: number): boolean =>
  firedAt !== null && at < firedAt + (rule.coolDownSeconds ?? 0) * 1_000;

/** Maximum of readings that the state of one series stores for a change. */
const maxWindow = 1_000;
/** About so many remain at most after a removal, so that not every further reading causes one. */
const maxRemaining = 800;

/** @returns undefined where the reading is older than the whole window */
function windowWith(
  when: Threshold | Change,
  before: SeriesState['readings'],
  [at, value]: readonly [number, number],
): SeriesState['readings'] | undefined {
  const last = before.at(-1)?.[0];
  const all =
    last === undefined || last < at
      ? [...before, [at, value] as const]
      : [...before.filter(([moment]) => moment !== at), [at, value] as const].sort(([a], [b]) => a - b);
  if (when.kind === 'threshold') {
    const retained = all.slice(-when.readings);
    return retained.some(([moment]) => moment === at) ? retained : undefined;
  }
  const first = (all.at(-1)?.[0] ?? at) - when.withinMs;
  return at < first
    ? undefined
    : limited(
        when,
        all.filter(([moment]) => moment >= first),
      );
}

/**
 * The window of a change, within the limit. Readings that a later one makes irrelevant are removed: of a rise those followed by an equal or
 * lower value, of a fall by an equal or higher one. The values that remain only rise, or only fall. If they are still too many, more are
 * removed, but no gap that this leaves exceeds 2 / maxRemaining of the period: the condition is computed over a period that is shorter by
 * at most this part, 0.25 %.
 */
function limited(
  { direction, withinMs }: Change,
  readings: SeriesState['readings'],
): SeriesState['readings'] {
  if (readings.length <= maxWindow) return readings;
  const sign = direction === 'rises' ? 1 : -1;
  let extreme = Infinity;
  const relevant = readings
    .toReversed()
    .filter(([, value]) => {
      const isRelevant = sign * value < extreme;
      if (isRelevant) extreme = sign * value;
      return isRelevant;
    })
    .reverse();
  if (relevant.length <= maxRemaining) return relevant;
  const maxGapMs = (withinMs * 2) / maxRemaining;
  let previous = -Infinity;
  return relevant.filter(([at], nth) => {
    const next = relevant[nth + 1]?.[0] ?? Infinity;
    const isRetained = next - previous > maxGapMs;
    if (isRetained) previous = at;
    return isRetained;
  });
}

const holds = (when: Threshold | Change, readings: SeriesState['readings']): boolean =>
  readings.length > 0 && (when.kind === 'threshold' ? isMet(when, readings) : hasChanged(when, readings));

const isMet = (when: Threshold, readings: SeriesState['readings']): boolean =>
  readings.filter(([, value]) => compares(when, value)).length >= when.needed;

function hasChanged({ direction, by }: Change, readings: SeriesState['readings']): boolean {
  const last = readings.at(-1)?.[1] ?? 0;
  const values = readings.map(([, value]) => value);
  return direction === 'rises'
    ? isApart(Math.min(...values), last, by)
    : isApart(last, Math.max(...values), by);
}

/** Whether `high` is at least `low + by`, of the numbers as they were written: 1.3 is 0.2 above 1.1, though not in binary arithmetic. */
function isApart(low: number, high: number, by: number): boolean {
  const { a, b, scale } = aligned(decimalOf(low), decimalOf(by));
  return compareDecimal({ units: a + b, scale }, decimalOf(high)) <= 0;
}
