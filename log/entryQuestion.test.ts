import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answers, dayOf } from './entryQuestion.ts';
import type { Leaf } from './leaf.ts';
import { timeText } from './story.ts';

test('the day of an entry is its day in China, also at the ends of months, years and February', () => {
  const hour = 3_600_000;
  for (const begin of ['2023-12-20', '2024-02-20', '2026-02-20', '2026-04-20', '1999-12-25'])
    for (let at = Date.parse(`${begin}T00:00:00.000Z`), step = 0; step < 20 * 24; step += 1) {
      const moment = new Date(at + step * hour + 59 * 60_000 + 999);
      const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(moment);
      assert.equal(dayOf(moment.toISOString()), day);
    }
  assert.equal(dayOf('2026-10-01T23:30:00+08:00'), '2026-10-01');
  assert.equal(dayOf('2026-10-01T16:00:00Z'), '2026-10-02');
});

test('an entry with an invalid time is shown with the time as it is written, and no range of time finds it', () => {
  assert.equal(dayOf('2026-13-30T10:00:00.000Z'), '2026-13-30');
  for (const at of ['2026-13-30T20:00:00.000Z', '2026-10-40T20:00:00.000Z', '0000-00-40T20:00:00.000Z']) {
    assert.equal(dayOf(at), '0000-00-00');
    assert.equal(timeText(at), at);
    const leaf = { at, kind: 'release', operation: 'o', decision: 'allow', actor: {} } as Leaf;
    assert.deepEqual([answers(leaf, { kind: 'release' }), answers(leaf, { kind: 'intake' })], [true, false]);
    const from = '2000-01-01T00:00:00Z';
    assert.equal(answers(leaf, { from }), false, 'no range of time finds it');
  }
});
