import assert from 'node:assert/strict';
import { createSecretKey } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { rememberedVersions } from '../../../tests/rememberedVersions.ts';
import { testDatabase } from '../../../tests/database.ts';
import { jobChecks } from '../../features/health/jobChecks.ts';
import type { AuditLog } from '../../log/draft.ts';
import { sealingOf } from '../database/authenticated/rowSealing.ts';
import { openDatabase } from '../database/database.ts';
import type { Job } from './job.ts';
import { JobMemory } from './jobMemory.ts';
import { startRunner } from './runner.ts';
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
  lastEnd: undefined,
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

test('readiness of a process forgets a failure when a later run of another process succeeds, also while the next run is under way', async () => {
  const first = await testDatabase();
  const other = await openDatabase(first.address, { connections: 2, durable: false });
  after(() => other.close());
  let isFailing = true;
  let release = (): void => undefined;
  const gate: { held?: Promise<void> } = {};
  const failing: Job = {
    name: 'watchLog',
    every: 60_000,
    lease: 60_000,
    run: async () => {
      if (isFailing) throw new Problem('log_busy');
      await gate.held;
      return {};
    },
  };
  const processes = [first, other].map((database) => {
    sealingOf(database.app)?.begin(createSecretKey(Buffer.alloc(32, 9)), rememberedVersions());
    const runner = startRunner(
      {
        database,
        audit: { epoch: () => 1 } as AuditLog,
        report: () => undefined,
        ended: () => undefined,
        random: () => 0,
        byTime: false,
      },
      [failing],
    );
    after(() => runner.close());
    return { runner, jobs: () => jobChecks(database)['jobs']?.() };
  });
  const [a = assert.fail(), b = assert.fail()] = processes;
  assert.equal(await a.runner.run('watchLog'), 'log_busy');
  assert.equal(await a.jobs(), 'degraded: watchLog log_busy');
  isFailing = false;
  await sleep(5);
  assert.equal(await b.runner.run('watchLog'), 'ok');
  gate.held = new Promise((resolve) => (release = resolve));
  const under = b.runner.run('watchLog');
  while ((await first.app.query('SELECT FROM job WHERE owner IS NOT NULL')).rowCount === 0) await sleep(5);
  assert.equal(await a.jobs(), 'ok');
  // an administrator cannot have a process forget a failure
  release();
  await under;
  isFailing = true;
  assert.equal(await a.runner.run('watchLog'), 'log_busy');
  await first.owner.query(`UPDATE job SET outcome = 'ok', finished_at = finished_at + interval '1 second'`);
  assert.equal(await a.jobs(), 'degraded: watchLog log_busy');
});
