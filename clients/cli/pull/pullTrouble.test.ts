import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pullTrouble } from './pullTrouble.ts';

const id = '018f2a6e-0000-7000-8000-000000000001';
const run = { run: id, period: '2026-11-17', begunAt: '2026-11-17T01:00:00Z', complete: false, rows: 0 };
const pause = { until: '2026-11-20', reason: 'a move', by: 'person-1', at: '2026-11-16T01:00:00Z' };

test('after a failure the command is named that the pull accepts: resume while it is paused', () => {
  const runs = [{ ...run, outcome: 'pull_source_refused', problem: 'pull_source_refused' }];
  assert.match(pullTrouble('a.b', { runs })?.en ?? '', /corrected: datong dataset pull run a\.b$/);
  assert.match(pullTrouble('a.b', { runs, pause })?.en ?? '', /corrected: datong dataset pull resume a\.b$/);
  assert.equal(pullTrouble('a.b', { runs: [{ ...run, outcome: 'read' }] }), undefined);
});
