import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  dayOfMoment,
  endOfDayInChina,
  lastDayBefore,
  momentInChina,
  momentsInChina,
  unixMoment,
} from './civilDate.ts';

test('UTC moments in a text become China time, the rest is unchanged', () => {
  const cases = [
    ['valid until 2026-12-20T18:07:11.000Z, 2 days', 'valid until 2026-12-21T02:07:11+08:00, 2 days'],
    [
      '2026-12-31T23:59:59Z 2026-01-01T00:00:00.250Z',
      '2027-01-01T07:59:59+08:00 2026-01-01T08:00:00.250+08:00',
    ],
    ['2026-02-20T00:00:00Zoo', '2026-02-20T00:00:00Zoo'],
    ['2026-02-20T00:00:00Z.example', '2026-02-20T00:00:00Z.example'],
    ['2026-02-30T00:00:00Z', '2026-02-30T00:00:00Z'],
    ['until 2026-12-20T18:07:11Z.', 'until 2026-12-21T02:07:11+08:00.'],
    ['2026-13-01T00:00:00Z is no time', '2026-13-01T00:00:00Z is no time'],
    ['2026-12-20T17:07:11+08:00, 2026-12-20', '2026-12-20T17:07:11+08:00, 2026-12-20'],
  ] as const;
  for (const [utc, shown] of cases) assert.equal(momentsInChina(utc), shown);
  assert.equal(momentInChina('2026-12-20T18:07:11.250Z'), '2026-12-21T02:07:11+08:00');
  assert.equal(dayOfMoment('2026-12-30T16:00:00Z'), '2026-12-31');
});

test('a leap second lies between the seconds around it, in every offset', () => {
  const last = Date.UTC(2016, 11, 31, 23, 59, 59);
  for (const leap of ['2016-12-31T23:59:60Z', '2016-12-31T23:59:60.25z', '2017-01-01T07:59:60+08:00'])
    assert.equal(unixMoment(leap), last + 999, leap);
  assert.equal(unixMoment('2017-01-01T07:59:59.5+08:00'), last + 500);
  assert.equal(dayOfMoment('2016-12-31T23:59:60Z'), '2017-01-01');
  assert.equal(dayOfMoment('2016-12-31T15:59:60Z'), '2016-12-31');
  assert.equal(unixMoment('2016-12-31T18:59:59-05:00'), last);
  for (const none of ['2016-12-31T23:60:00Z', '2016-12-31T23:59:61Z', ''])
    assert.ok(Number.isNaN(unixMoment(none)), none);
});

test('the end of a last day is the next midnight, and maps back to that day', () => {
  for (const [day, end] of [
    ['2027-12-31', '2028-01-01T00:00:00+08:00'],
    ['2028-02-28', '2028-02-29T00:00:00+08:00'],
    ['2026-11-30', '2026-12-01T00:00:00+08:00'],
  ] as const) {
    assert.equal(endOfDayInChina(day), end);
    assert.equal(lastDayBefore(end), day);
  }
  assert.equal(lastDayBefore('2027-12-31T12:00:00Z'), '2027-12-31');
});
