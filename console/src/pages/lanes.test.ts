/** The sections of the page Today. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laneOf } from './lanes.ts';

/** Wednesday, 4 November 2026, in China. */
const wednesday = Date.parse('2026-11-04T08:00:00+08:00');
const sunday = Date.parse('2026-11-08T08:00:00+08:00');
const lane = (of: object, now = wednesday): string => laneOf({ of, why: 'whyRequest' }, now);

test('an item is due by today, by Sunday, later, or has no deadline', () => {
  assert.equal(lane({ due: '2026-11-04' }), 'today');
  assert.equal(lane({ due: '2026-11-20', overdue: true }), 'today', 'the hub states that it is over');
  assert.equal(lane({ due: '2026-11-05' }), 'week');
  assert.equal(lane({ due: '2026-11-08' }), 'week');
  assert.equal(lane({ due: '2026-11-09' }), 'later');
  assert.equal(lane({}), 'undated');
});

test('on a Sunday the week ends, and what needs no act is reported', () => {
  assert.equal(lane({ due: '2026-11-09' }, sunday), 'later');
  assert.equal(lane({ due: '2026-11-08' }, sunday), 'today');
  assert.equal(laneOf({ of: { due: '2026-11-04' }, why: 'whyInformed' }, wednesday), 'known');
});
