/** Which periods may begin: those of the present always find room, and none of them blocks a dataset. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maxLater, maxPeriods, nextPeriods, periodsOver, type Periods } from './periods.ts';

const now = Date.parse('2026-11-20T10:30:00+08:00');
const day = (away: number, from = now): string =>
  new Date(from + away * 86_400_000 + 8 * 3_600_000).toISOString().slice(0, 10);
const days = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => day(from + i));
const over = (
  there: readonly string[],
  brought: readonly string[],
  more: { readonly byCall?: boolean; readonly keep?: number; readonly now?: number } = {},
): readonly string[] => {
  const { byCall = true, keep, now: at = now } = more;
  const periods: Pick<Periods, 'every' | 'keep'> = { every: 'day', ...(keep === undefined ? {} : { keep }) };
  return periodsOver(periods, { there, brought, now: at, byCall });
};

test('by call at most so many later periods begin, the nearest first, in one call or in many', () => {
  const far = days(100, 60);
  assert.deepEqual(over([], [...far].reverse()), far.slice(maxLater));
  assert.deepEqual(over(far.slice(0, maxLater), far), far.slice(maxLater));
  assert.deepEqual(over(days(3, maxLater), [day(3), day(50)]), [day(50)], 'existing ones remain');
});

test('with retention each period of it begins, however many later ones there are', () => {
  for (const keep of [0, 1, 30, 60]) {
    const later = days(1_000, 70);
    const began = later.filter((one) => !over([], later, { keep }).includes(one));
    const there = [...began];
    for (let passed = 0; passed < 200; passed += 1) {
      const at = now + passed * 86_400_000;
      const retained = there.filter((one) => one >= day(-keep, at));
      const coming = nextPeriods({ every: 'day' }, at);
      assert.deepEqual(
        over(retained, [...coming, day(-keep, at)], { keep, now: at }),
        [],
        `${keep} ${passed}`,
      );
      there.splice(0, Infinity, ...new Set([...retained, ...coming, day(-keep, at)]));
      assert.ok(there.length <= maxPeriods);
    }
  }
});

test('without retention the last places are for the present; then the newest of the earlier ones begin', () => {
  const past = days(-300, 200);
  const refused = over([], past);
  const coming = nextPeriods({ every: 'day' }, now);
  assert.deepEqual(refused, past.slice(0, past.length - (maxPeriods - coming.length)));
  const there = past.slice(-(maxPeriods - coming.length));
  assert.deepEqual(over(there, [...coming, day(-400), day(90)]), [day(-400), day(90)]);
  assert.deepEqual(over([...there, ...coming], [day(0), day(5)]), [day(5)], 'a dataset with all its periods');
});

test('a file may begin later periods up to the maximum', () => {
  const far = days(100, 90);
  const coming = nextPeriods({ every: 'day' }, now).length;
  assert.deepEqual(over([], far, { byCall: false, keep: 60 }), far.slice(maxPeriods - coming));
});
