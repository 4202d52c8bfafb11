import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { LookupLimit, valuesLookedUp } from './lookupLimit.ts';

const by = { consumer: 'education', dataset: 'pub-security.household' };
const hour = 3_600_000;

/** Seconds after which to try again; 0 where a look-up is allowed. */
function wait(limit: LookupLimit, now: number, { consumer, dataset } = by): number {
  try {
    limit.check(consumer, dataset, now);
    return 0;
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.code, 'lookups_limited');
    return Number(error.extras.headers?.['retry-after']);
  }
}

test('look-ups without a match are limited per hour; each that finds a person allows one more', () => {
  const limit = new LookupLimit({ unfoundPerHour: 60, distinctPerHour: 1_000 });
  for (let nth = 0; nth < 60; nth += 1) {
    assert.equal(wait(limit, 0), 0, String(nth));
    limit.count(by, [`v${nth}`], 1, 0);
  }
  assert.equal(wait(limit, 0), 60, 'one a minute from now on');
  assert.equal(wait(limit, 60_000), 0);
  assert.equal(wait(limit, 0, { ...by, dataset: 'civil.marriage' }), 0, 'another data set');
  assert.equal(wait(limit, 0, { ...by, consumer: 'housing' }), 0, 'another department');
  limit.count(by, ['found', 'two'], 0, 60_000);
  limit.count(by, ['in vain'], 1, 60_000);
  limit.count(by, ['in vain'], 1, 60_000);
  assert.equal(wait(limit, 60_000), 0);
});

test('half of all may be in vain for ever, and a batch of many in vain waits longer, for two hours at most', () => {
  const limit = new LookupLimit({ unfoundPerHour: 60, distinctPerHour: 100_000 });
  for (let nth = 0; nth < 500; nth += 1) {
    limit.count(by, [nth, -nth], 1, 0);
    assert.equal(wait(limit, 0), 0);
  }
  limit.count(
    by,
    Array.from({ length: 900 }, (_, nth) => nth),
    900,
    0,
  );
  const seconds = wait(limit, 0);
  assert.ok(seconds > 3_600 && seconds <= 3_660, String(seconds));
});

test('different values are counted, the same one is not counted twice; the next hour begins anew', () => {
  // the count is an estimate: a fixed seed makes it the same in every run
  const limit = new LookupLimit({ unfoundPerHour: 60, distinctPerHour: 2_000 }, () => 1);
  for (let nth = 0; nth < 20_000; nth += 1) limit.count(by, [`v${nth % 1_000}`], 0, 0);
  assert.equal(wait(limit, 0), 0);
  let requested = 0;
  for (; requested < 5_000 && wait(limit, hour / 2) === 0; requested += 1)
    limit.count(by, [`w${requested}`], 0, hour / 2);
  assert.ok(requested > 800 && requested < 1_200, `${requested} more`);
  assert.equal(wait(limit, hour / 2), 1_800);
  assert.equal(wait(limit, hour), 0);
});

test('what is looked up: a full value of the subject by lookup, filter, range between equal ends, batch, fact', () => {
  const none = { filter: [] };
  const term = (op: 'eq' | 'in' | 'range', value: unknown) => ({
    filter: [{ field: 'person_id', op, value }],
  });
  const values = (request: Parameters<typeof valuesLookedUp>[0], lookup = {}): readonly unknown[] =>
    valuesLookedUp(request, lookup, 'person_id');
  assert.deepEqual(values(none), []);
  assert.deepEqual(values(none, { lookup: { field: 'phone', value: '1' } }), ['1']);
  assert.deepEqual(values(term('eq', 'a')), ['a']);
  assert.deepEqual(values(term('in', ['a', 'b'])), ['a', 'b']);
  assert.deepEqual(values(term('range', { gte: 'a', lte: 'a' })), ['a']);
  assert.deepEqual(values(term('range', { gte: 'a', lte: 'b' })), []);
  assert.deepEqual(values({ ...none, batch: { by: 'person_id', values: ['a', 'b'] } }), ['a', 'b']);
  assert.deepEqual(values({ ...none, fact: { id: 'f', subject: 'a' } }), ['a']);
  assert.deepEqual(
    valuesLookedUp({ filter: [{ field: 'region', op: 'eq', value: 'a' }] }, {}, 'person_id'),
    [],
  );
});
