/**
 * Tries rules on stored readings before they are registered: reports what would have fired. Nothing is stored, and no value of a row is
 * returned.
 */
import { breather } from '../../../machine/yieldIfSlow.ts';
import { unixMoment } from '../../../terms/civilDate.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { Problem } from '../../../terms/problem.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { own } from '../../domain/cells.ts';
import { parseCondition } from '../../domain/eventCondition.ts';
import {
  conditionUnfit,
  dueAt,
  parseRule,
  silent,
  step,
  withoutTopic,
  type SeriesState,
} from '../../domain/eventRule.ts';
import type { EventRule, ParsedRule } from '../../domain/eventRule.ts';
import { layoutOf } from '../../domain/rowTable/layout.ts';
import { boundText, seriesOf, timeText } from '../../domain/timeField.ts';
import { allowed } from '../../pipeline/call.ts';
import { ofDataset } from '../../pipeline/ownership.ts';
import { disclosed, ownType, ruleFault } from '../../registry/eventRuleFault.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { topicsByType } from '../../registry/store/eventTypes.ts';
import { hostedDataset } from '../hostedDataset.ts';
import { intakeOperation } from '../operation.ts';
import { readingsBetween, type StoredReading } from '../rows/store/readings.ts';
import { checkProvider } from './sender.ts';

/** Maximum number of readings in one trial. */
const maxReadings = 200_000;
/** Maximum number of listed times of one rule. */
const maxTimes = 1_000;

/** POST /v1/datasets/{dataset}/rule-trials. @throws Problem not_the_provider, dataset_unknown, event_rule_unfit */
export const tryRules = intakeOperation('tryRules', {
  kind: 'inspect',
  permission: { 'office steward': own, steward: own },
  owner: ofDataset,
  run: async (call, { database, registry }) => {
    const id = datasetId(call.params.dataset);
    checkProvider(call.caller, id);
    const { row, schema } = hostedDataset(registry, id);
    const { timeField, byCall } = intakeRulesOf(row);
    const { rules, from, until } = call.body;
    const topics = await topicsByType(
      database.app,
      rules.map(({ type }) => type),
    );
    const typeFault = (rule: EventRule): Bilingual | undefined => {
      const type = ownType(registry.current, rule.type, providerOf(id));
      const reason = ruleFault(
        rule,
        disclosed({ row, schema }),
        type === undefined ? undefined : disclosed(type),
      );
      return reason ?? (topics.has(rule.type) ? undefined : withoutTopic(rule));
    };
    rules.forEach((rule, nth) => {
      const reason =
        timeField === undefined
          ? { zh: '没有登记 intake.timeField', en: 'intake.timeField is not registered' }
          : (conditionUnfit(rule, schema) ?? typeFault(rule));
      if (reason !== undefined)
        throw new Problem('event_rule_unfit', { reason }, { at: `/body/rules/${nth}` });
    });
    const series = seriesOf(timeField ?? '', schema);
    const fields = rules.flatMap(({ when }) => {
      const condition = parseCondition(when);
      return condition === undefined || condition.kind === 'silence' ? [] : [condition.field];
    });
    const values = [...new Set(fields)].flatMap((name) => layoutOf(schema).byField.get(name) ?? []);
    const found = await readingsBetween(database.app, {
      dataset: id,
      schema,
      series,
      values,
      from: boundText(unixMoment(from)),
      until: boundText(unixMoment(until)),
      maxRows: maxReadings + 1,
    });
    const readings = found.slice(0, maxReadings);
    const whole = readings.length === found.length;
    // a silence that could only end later has not happened
    const end = Math.min(unixMoment(whole ? until : (readings.at(-1)?.time ?? until)), call.now);
    const names = values.map(({ field }) => field);
    const breathe = breather();
    const tried: Replayed[] = [];
    for (const rule of rules)
      tried.push(await replayed(parseRule(rule, byCall), { names, readings, end, now: call.now, breathe }));
    return allowed<'tryRules'>(
      200,
      { readings: readings.length, whole, rules: tried },
      {
        facts: {
          dataset: id,
          provider: providerOf(id),
          schema: schema.urn,
          change: { act: 'try', rules: rules.map((rule) => rule.id).join(' '), readings: readings.length },
        },
      },
    );
  },
});

interface Replayed {
  id: string;
  fired: number;
  series: number;
  times: string[];
}

interface Replay {
  readonly names: readonly string[];
  readonly readings: readonly StoredReading[];
  /** Unix milliseconds */
  readonly end: number;
  /** Unix milliseconds */
  readonly now: number;
  readonly breathe: ReturnType<typeof breather>;
}

/**
 * The clock follows the readings: each counts as received at its own time, or now where that is in the future. Other calls proceed between
 * the readings.
 */
async function replayed(
  parsed: ParsedRule,
  { names, readings, end, now, breathe }: Replay,
): Promise<Replayed> {
  const { when } = parsed;
  const place = when.kind === 'silence' ? -1 : names.indexOf(when.field);
  const states = new Map<string, SeriesState>();
  const times: string[] = [];
  const fired = new Set<string>();
  const fire = (series: string, time: string): void => {
    times.push(time);
    fired.add(series);
  };
  const pass = (series: string, moment: number): void => {
    const state = states.get(series);
    const due = state === undefined ? undefined : dueAt(parsed, state);
    if (state === undefined || due === undefined || due > moment) return;
    states.set(series, silent(parsed, state, due).state);
    fire(series, timeText(due));
  };
  for (const { series, time, values } of readings) {
    const arrivedAt = Math.min(unixMoment(time), now);
    pass(series, arrivedAt);
    const value = values[place] ?? null;
    const next = step(parsed, states.get(series), { time, value, arrivedAt });
    states.set(series, next.state);
    if (next.fired !== undefined) fire(series, time);
    await breathe();
  }
  for (const series of states.keys()) pass(series, end);
  return {
    id: parsed.rule.id,
    fired: times.length,
    series: fired.size,
    times: times.sort().slice(0, maxTimes),
  };
}
