import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { conditionUnfit, parseRule, silent, step, typeUnfit } from './eventRule.ts';
import { timeText } from './timeField.ts';

const start = Date.UTC(2026, 8, 1);
const at = (minute: number): string => timeText(start + minute * 60_000);

test('a reading within maxAheadSeconds is considered; a state with one further ahead is mended', () => {
  const arrivedAt = start;
  const rule = {
    id: 'high',
    when: 'level > 1',
    coolDownSeconds: 60,
    severity: 'alarm',
    type: 'a.b',
  } as const;
  const byCall = { time: { field: 'time', maxAheadSeconds: 3600 } };
  const reading = { time: at(50), value: 2, arrivedAt };
  assert.equal(step(parseRule(rule), undefined, reading).fired, undefined);
  const { state, fired } = step(parseRule(rule, byCall), undefined, reading);
  assert.deepEqual(fired, { time: at(50), value: 2 });
  const next = step(parseRule(rule), { ...state, raised: false }, { time: at(0), value: 3, arrivedAt });
  assert.deepEqual(next.fired, { time: at(0), value: 3 });
});

test('a series of which only a reading far ahead came is silent too, with the time of its arrival', () => {
  const rule = { id: 'gone', when: 'no reading for 15 min', severity: 'alarm', type: 'a.b' } as const;
  const parsed = parseRule(rule);
  const time = '9999-12-31T23:59:59+08:00';
  const { state } = step(parsed, undefined, { time, value: null, arrivedAt: start });
  assert.deepEqual(silent(parsed, state, start + 900_000).fired, { time: at(0), value: null });
});

test('a number with more digits than can be compared exactly is refused', () => {
  const schema = { fields: [{ name: 'level', type: 'number' }] } as unknown as DatasetSchema;
  const unfit = (when: string, until?: string): string | undefined => {
    const rule = {
      id: 'high',
      when,
      severity: 'alarm',
      type: 'a.b',
      ...(until === undefined ? {} : { until }),
    };
    return conditionUnfit(rule as Parameters<typeof conditionUnfit>[0], schema)?.en;
  };
  for (const when of ['level > 999999999999999', 'level > 0.000001', 'level rises 123456789.125 in 10 min'])
    assert.equal(unfit(when, 'level < 1'), undefined, when);
  for (const number of ['123456789012345.123456', '99999999999999.99999', '-900719925474099.100001']) {
    assert.match(unfit(`level > ${number}`) ?? '', new RegExp(`number ${number} has more digits`));
    assert.match(unfit('level > 1', `level < ${number}`) ?? '', /more digits/);
  }
  assert.match(unfit('level rises 123456789012345.123456 in 10 min') ?? '', /more digits/);
});

test('the value of an event fits its type: null of a silence, otherwise a number', () => {
  const field = (name: string, type = 'string', nullable = false): object => ({ name, type, nullable });
  const source = { primaryKey: ['station', 'time'] } as unknown as DatasetSchema;
  const unfit = (when: string, value: object): string | undefined => {
    const fields = [...['station', 'time', 'rule', 'severity'].map((name) => field(name)), value];
    return typeUnfit({ id: 'one', when }, source, { fields } as unknown as DatasetSchema)?.en;
  };
  assert.match(unfit('no reading for 15 min', field('value', 'number')) ?? '', /must accept null/);
  assert.equal(unfit('no reading for 15 min', field('value', 'number', true)), undefined);
  for (const when of ['level > 1', 'level rises 2 in 10 min']) {
    assert.match(unfit(when, field('value', 'string', true)) ?? '', /must be a number/);
    assert.equal(unfit(when, field('value', 'integer')), undefined);
  }
});
