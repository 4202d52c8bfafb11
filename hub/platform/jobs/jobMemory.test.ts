import assert from 'node:assert/strict';
import { test } from 'node:test';
import { JobMemory } from './jobMemory.ts';
import type { JobRow } from './store/jobs.ts';

const job = { name: 'indexRows', every: 15_000, lease: 3_600_000 };
const begun = 1_000_000;
const row: JobRow = {
  name: job.name,
  due: begun,
  succeededAt: null,
  outcome: null,
  running: true,
  leaseUntil: begun + job.lease,
  owner: 'another process',
  stated: { kind: 'runs', owner: 'another process', at: begun, leaseUntil: begun + job.lease },
};

test('a run that another process began before this one started holds off nothing, and is reported once its lease has passed', () => {
  const memory = new JobMemory();
  const started = begun + 60_000;
  memory.expect([job], started);
  const later = started + 10 * 60_000;
  assert.equal(memory.isHeldOff(job, later, row), false);
  assert.deepEqual(memory.late([row], later), []);
  const end = started + job.every * 1.1 + job.lease + 5 * 60_000;
  assert.deepEqual(memory.late([row], end + 1), [{ name: job.name, since: started }]);
});

test('a run that began before the last end was put back: the job is taken', () => {
  const memory = new JobMemory();
  memory.expect([job], begun);
  memory.ends(job.name, { at: begun + 1_000, outcome: 'ok' });
  assert.equal(memory.isHeldOff(job, begun + 60_000, row), true);
});
