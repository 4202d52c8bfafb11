import assert from 'node:assert/strict';
import { test } from 'node:test';
import { latestEnd } from '../../../../policies/documents/documentChecks.ts';
import { inChina } from '../../../../terms/civilDate.ts';
import { renewedTerm } from './beginRenewal.ts';

const basis = { type: 'statutory', reference: '中华人民共和国义务教育法' } as const;
const day = (date: string): string => `${date}T00:00:00+08:00`;
const renewed = (from: string, until: string, today: string) => {
  const term = renewedTerm({ basis, valid: { from, until } }, Date.parse(`${today}T15:00:00+08:00`));
  return [term.from, term.until];
};

test('a term that is renewed early, late, or early again is as long as the first', () => {
  const [first, firstEnd] = [day('2025-01-01'), day('2026-01-01')] as const;
  assert.deepEqual(renewed(first, firstEnd, '2025-10-01'), [day('2025-10-01'), day('2026-10-01')]);
  assert.deepEqual(renewed(first, firstEnd, '2026-03-01'), [day('2026-03-01'), day('2027-03-01')]);
  assert.deepEqual(renewed(day('2025-10-01'), day('2026-10-01'), '2026-07-01'), [
    day('2026-07-01'),
    day('2027-07-01'),
  ]);
});

test('parts of a day count as one; three years without a leap day stay three years', () => {
  const hours = ['2026-01-01T08:00:00+08:00', '2026-01-01T17:00:00+08:00'] as const;
  assert.deepEqual(renewed(...hours, '2026-02-01'), [day('2026-02-01'), day('2026-02-02')]);
  assert.deepEqual(renewed(day('2026-01-01'), day('2029-01-01'), '2028-12-01'), [
    day('2028-12-01'),
    day('2031-12-01'),
  ]);
});

test('years are counted in the calendar of China', () => {
  const years = (from: string): string => inChina(latestEnd(basis, Date.parse(day(from))));
  assert.deepEqual(
    ['2025-03-01', '2024-03-01', '2024-02-29', '2026-01-01'].map(years),
    ['2028-03-01', '2027-03-01', '2027-03-01', '2029-01-01'].map(day),
  );
});
