import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { civilDateText, parseCivilDate } from '../../terms/civilDate.ts';
import { dayAfter, periodFault } from './obligations.ts';
import { obligationTexts, describedObligations } from './describedObligations.ts';

const after = (from: string, period: string): string =>
  civilDateText(dayAfter(parseCivilDate(from) ?? assert.fail(), period));

describe('periods', () => {
  test('years and months retain the day, or take the last one the month has; then days', () => {
    assert.equal(after('2026-06-01', 'P180D'), '2026-11-28');
    assert.equal(after('2026-01-31', 'P1M'), '2026-02-28');
    assert.equal(after('2028-02-29', 'P1Y'), '2029-02-28');
    assert.equal(after('2026-11-30', 'P3M'), '2027-02-28');
    assert.equal(after('2026-12-15', 'P1Y1M2W1D'), '2028-01-30');
  });

  test('a unit twice, units out of order, none at all, and more than ten years are none', () => {
    for (const bad of ['P', 'P1D1D', 'P1D1Y', 'P11Y', 'P9999D', 'P10Y1M', '180D', 'PT1H'])
      assert.equal(periodFault(bad), true, bad);
    for (const good of ['P1D', 'P10Y', 'P3650D', 'P2W']) assert.equal(periodFault(good), false, good);
  });
});

test('obligations are described with the day on which they end, by the calendar of China, and stored as written', () => {
  const obligations = [{ id: 'delete-after', period: 'P1D' }, { id: 'no-onward-sharing' }];
  assert.deepEqual(describedObligations(obligations, Date.parse('2026-06-01T15:59:59Z')), [
    { id: 'delete-after', by: '2026-06-02' },
    { id: 'no-onward-sharing' },
  ]);
  assert.equal(describedObligations(obligations, Date.parse('2026-06-01T16:00:00Z'))[0]?.by, '2026-06-03');
  assert.deepEqual(obligationTexts(obligations), ['delete-after P1D', 'no-onward-sharing']);
});
