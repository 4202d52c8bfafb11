import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dutyOfText } from './obligations.ts';

const window = (text: string, day: string): string => {
  const { from, until, due } = dutyOfText(text, day) ?? assert.fail(text);
  return `${from}…${until} by ${due}`;
};

test('duties of deletion and notification follow the day of receipt, of reports their month, of no onward sharing their year', () => {
  assert.equal(window('delete-after P180D', '2026-06-01'), '2026-06-01…2026-06-01 by 2026-11-28');
  assert.equal(window('notify-subject P15D', '2026-02-20'), '2026-02-20…2026-02-20 by 2026-03-07');
  assert.equal(window('report-use P10D', '2028-02-03'), '2028-02-01…2028-02-29 by 2028-03-10');
  assert.equal(window('no-onward-sharing', '2026-06-01'), '2026-01-01…2026-12-31 by 2027-01-31');
});

test('an unknown obligation and an invalid day have no window', () => {
  for (const [text, day] of [
    ['burn-after-reading P1D', '2026-06-01'],
    ['delete-after P1D', '2026-02-30'],
    ['', '2026-06-01'],
  ] as const)
    assert.equal(dutyOfText(text, day), undefined, text);
});
