import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareDecimal } from './decimal.ts';
import { instantOf, momentForm } from './moment.ts';

const order = (a: string, b: string): number | undefined => {
  const [left, right] = [instantOf(a), instantOf(b)];
  return left && right && compareDecimal(left, right);
};

test('moments are compared by instant, at any offset and with any digits', () => {
  assert.equal(order('2026-09-01T01:00:00+14:00', '2026-08-31T11:00:00Z'), 0);
  assert.equal(order('2026-09-01T01:00:00+14:00', '2026-08-31T20:00:00z'), -1);
  assert.equal(order('2026-09-01T00:00:00-23:59', '2026-09-01t23:59:00.000Z'), 0);
  assert.equal(order('1969-12-31T23:59:59.5Z', '1969-12-31T23:59:59.49Z'), 1);
  assert.equal(order('2026-09-01T00:00:00.123456789Z', '2026-09-01T00:00:00.123456788Z'), 1);
  assert.equal(order('2016-12-31T23:59:60Z', '2017-01-01T00:00:00Z'), 0);
  assert.equal(order('0001-01-01T00:00:00Z', '0002-01-01T00:00:00Z'), -1);
});

test('what is no moment has no order, here and in the form that PostgreSQL checks', () => {
  const form = new RegExp(momentForm);
  const bad = [
    '2026-02-29T00:00:00Z',
    '1900-02-29T00:00:00Z',
    '2026-04-31T00:00:00Z',
    '0000-01-01T00:00:00Z',
  ];
  const unfit = [
    '2026-09-01',
    '2026-09-01T00:00:00',
    '2026-09-01T24:00:00Z',
    '2026-09-01T00:00:00+24:00',
    '',
    'x',
  ];
  for (const text of [...bad, ...unfit]) {
    assert.equal(instantOf(text), undefined, text);
    assert.ok(!form.test(text), text);
  }
  for (const text of ['2028-02-29T00:00:00Z', '2000-02-29T23:59:60.5+08:00', '2026-12-31t00:00:00-05:30']) {
    assert.ok(instantOf(text), text);
    assert.ok(form.test(text), text);
  }
});
