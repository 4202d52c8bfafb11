import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import {
  conditionUnfit,
  parseRule,
  silent,
  step,
  typeUnfit,
  withoutReadings,
  type SeriesState,
} from './eventRule.ts';
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

test('a key field with the name of a field of the event is refused', () => {
  for (const name of ['rule', 'severity', 'value']) {
    const source = { primaryKey: [name, 'time'] } as unknown as DatasetSchema;
    const type = {
      fields: ['time', 'rule', 'severity', 'value'].map((one) => ({
        name: one,
        type: one === 'value' ? 'number' : 'string',
      })),
    };
    const unfit = typeUnfit({ id: 'one', when: 'level > 1' }, source, type as unknown as DatasetSchema);
    assert.match(unfit?.en ?? '', new RegExp(`the field ${name} of the readings' key`));
  }
});

const sourceOf = (station: string): DatasetSchema =>
  ({
    primaryKey: ['station', 'time'],
    fields: [
      { name: 'station', type: station },
      { name: 'time', type: 'string' },
    ],
  }) as unknown as DatasetSchema;

test('key, rule and severity have the same type in the type of event', () => {
  const unfit = (station: string, types: Readonly<Record<string, string>>): string | undefined => {
    const all = { station: 'string', time: 'string', rule: 'string', severity: 'string', value: 'number' };
    const fields = Object.entries({ ...all, ...types }).map(([name, type]) => ({ name, type }));
    const type = { fields } as unknown as DatasetSchema;
    return typeUnfit({ id: 'one', when: 'level > 1' }, sourceOf(station), type)?.en;
  };
  assert.equal(unfit('string', {}), undefined);
  for (const name of ['station', 'time', 'rule', 'severity'])
    assert.equal(
      unfit('string', { [name]: 'integer' }),
      `one: ${name} of the type of event must have the type string`,
    );
  assert.match(unfit('integer', {}) ?? '', /station .* must have the type integer/);
  for (const type of ['integer', 'number']) assert.equal(unfit('integer', { station: type }), undefined);
  assert.match(unfit('number', { station: 'integer' }) ?? '', /must have the type number/);
});

test('the value of an event fits its type: null of a silence, otherwise a number', () => {
  const field = (name: string, type = 'string', nullable = false): object => ({ name, type, nullable });
  const source = sourceOf('string');
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

describe('a change over more readings than a state stores', () => {
  /** Sends values at intervals of two seconds. @returns the number of the reading that fires */
  function firstFired(when: string, count: number, valueOf: (nth: number) => number): number | undefined {
    const parsed = parseRule({ id: 'change', when, severity: 'alarm', type: 'a.b' });
    let state: SeriesState | undefined;
    for (let nth = 0; nth < count; nth += 1) {
      const moment = start + nth * 2_000;
      const next = step(parsed, state, { time: timeText(moment), value: valueOf(nth), arrivedAt: moment });
      if (next.fired !== undefined) return nth;
      state = next.state;
      assert.ok(state.readings.length <= 1_000);
    }
    return undefined;
  }
  /** Up by a quarter and down by less, 36 in two hours; all values are exact in binary. */
  const noisy = (nth: number): number => Math.floor(nth / 100) + (nth % 4) / 4;

  test('a slow rise and a slow fall fire, at the reading that completes them', () => {
    for (const [direction, sign] of [
      ['rises', 1],
      ['falls', -1],
    ] as const)
      assert.equal(
        firstFired(`level ${direction} 20 in 2 h`, 3_600, (nth) => sign * noisy(nth)),
        2_000,
      );
  });

  test('a rise in each reading fires too, at most 0.25 % of the period late', () => {
    const value = (nth: number): number => nth / 1_024 + Math.max(0, nth - 3_000) / 128;
    const readings = 2_560;
    let exact = 3_000;
    while (value(exact) - value(exact - readings) < 20) exact += 1;
    const found = firstFired('level rises 20 in 5120 s', 9_000, value) ?? Infinity;
    assert.ok(found >= exact && found <= exact + readings / 400, `${found}, ${exact}`);
  });

  test('a late reading and a correction count where the window is full', () => {
    const parsed = parseRule({ id: 'change', when: 'level rises 20 in 2 h', severity: 'alarm', type: 'a.b' });
    let state: SeriesState | undefined;
    const send = (nth: number, value: number): boolean => {
      const arrivedAt = start + 7_200_000;
      const next = step(parsed, state, { time: timeText(start + nth * 2_000), value, arrivedAt });
      state = next.state;
      return next.fired !== undefined;
    };
    for (let nth = 0; nth < 1_500; nth += 1) assert.equal(send(nth * 2, 50), false);
    assert.equal(send(2_998, 90), true);
    assert.equal(send(2_998, 50), false);
    assert.equal(send(1, 40), false);
    assert.equal(send(3_000, 60), true, '20 above the late reading');
  });
});

test('a deleted reading that fired no longer raises its rule; at the end of a period only where its event waits', () => {
  const moment = start + 60_000;
  const raised: SeriesState = {
    readings: [[moment, 999]],
    raised: true,
    firedAt: moment,
    seenAt: moment,
    time: at(1),
  };
  const held = [{ time: at(1), value: 999, cause: '1.0' }];
  const isGone = (one: number): boolean => one === moment;
  const after = (state: SeriesState, why: 'false' | 'ended'): unknown => {
    const { raised: isRaised, firedAt } = withoutReadings(state, isGone, why);
    return [isRaised, firedAt];
  };
  assert.deepEqual(after(raised, 'false'), [false, null]);
  assert.deepEqual(
    after({ ...raised, readings: [], time: at(9) }, 'false'),
    [false, null],
    'left the window',
  );
  assert.deepEqual(after(raised, 'ended'), [true, moment]);
  assert.deepEqual(after({ ...raised, held }, 'ended'), [false, null]);
  const later = { ...raised, held, firedAt: moment + 1 };
  assert.deepEqual(after(later, 'false'), [true, moment + 1], 'another one fired last');
});

describe('a reading that is corrected to no value', () => {
  const sent = (
    when: string,
    until: string | undefined,
    ...readings: readonly (readonly [minute: number, value: number | null])[]
  ): readonly number[] => {
    const rule = { id: 'high', when, severity: 'alarm', type: 'a.b' } as const;
    const parsed = parseRule(until === undefined ? rule : { ...rule, until });
    let state: SeriesState | undefined;
    return readings.flatMap(([minute, value], nth) => {
      const next = step(parsed, state, { time: at(minute), value, arrivedAt: start + 3_600_000 });
      state = next.state;
      return next.fired === undefined ? [] : [nth];
    });
  };

  test('its former value does not count', () => {
    const when = 'level > 150 for 2 of 3 readings';
    assert.deepEqual(sent(when, undefined, [0, 999], [1, 160]), [1]);
    assert.deepEqual(sent(when, undefined, [0, 999], [0, null], [1, 160]), []);
    assert.deepEqual(sent('level rises 20 in 10 min', undefined, [0, 1], [0, null], [1, 30]), []);
  });

  test('the rule is over where only that value raised it, by its own condition or by the newest reading', () => {
    assert.deepEqual(sent('level > 150', undefined, [0, 999], [0, null], [1, 160]), [0, 2]);
    const until = 'level < 100';
    assert.deepEqual(
      sent('level > 150 for 1 of 2 readings', until, [0, 90], [1, 999], [1, null], [2, 160]),
      [1, 3],
    );
    assert.deepEqual(
      sent('level > 150 for 1 of 2 readings', until, [0, 120], [1, 999], [1, null], [2, 160]),
      [1],
    );
    // another reading without a value changes nothing
    assert.deepEqual(sent('level > 150', undefined, [0, 999], [1, null], [2, 160]), [0]);
  });
});
