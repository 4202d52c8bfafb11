import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseRule, silent, step } from './eventRule.ts';
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
