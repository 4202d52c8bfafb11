/** One runner a process, one doer a job: leases, fencing, what a stopped or overtaken process may still do. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../../tests/eventually.ts';
import { testHub } from '../../../tests/hub.ts';
import { testDatabase } from '../../../tests/database.ts';
import { lastLeaf } from '../../../tests/flows/leaves.ts';
import { Problem } from '../../../terms/problem.ts';
import { takeJob } from './store/jobs.ts';
import type { Job, JobRun } from './job.ts';
import { Noted } from './noted.ts';
import { startRunner, type Runner } from './runner.ts';

const database = await testDatabase();
const hub = await testHub({ database });
after(() => hub.stop());

function runnerOf(job: Job, reported: unknown[] = [], rests = (): boolean => false): Runner {
  const runner = startRunner(
    {
      database,
      audit: hub.hub.audit,
      random: () => 0,
      rests,
      ended: () => undefined,
      report: ({ error }) => reported.push(error),
    },
    [job],
  );
  after(() => runner.close());
  return runner;
}

const job = (name: string, run: (run: JobRun) => Promise<object>, lease = 60_000): Job => ({
  name,
  every: 3_600_000,
  lease,
  run,
});

test('of two processes one does a job at a time, and both query it only when it is due', async () => {
  let runs = 0;
  let go: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (go = resolve));
  const slow = job('slow', async () => {
    runs += 1;
    await held;
    return {};
  });
  const first = runnerOf(slow).run('slow');
  const other = runnerOf(slow);
  while (runs === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(await other.run('slow'), undefined);
  go();
  assert.equal(await first, 'ok');
  // by its own interval, it may have looked for the job just before
  const outcome = (await other.run('slow')) ?? (await other.run('slow'));
  assert.equal(outcome, 'ok');
  const taken = { owner: randomUUID(), now: database.now(), lease: 1_000, every: 3_600_000, early: false };
  assert.equal(await takeJob(database.app, 'slow', taken), undefined, 'it is not due');
  assert.notEqual(await takeJob(database.app, 'slow', { ...taken, now: taken.now + 3_600_001 }), undefined);
});

test('a job that is postponed or leased for longer than any process would is taken, and its number begins anew', async () => {
  const hourly = runnerOf(job('hourly', () => Promise.resolve({})));
  assert.equal(await hourly.run('hourly'), 'ok');
  const now = database.now();
  const taken = { owner: randomUUID(), now, lease: 60_000, every: 3_600_000, early: false };
  const put = (sql: string): Promise<unknown> =>
    database.app.query(`UPDATE job SET ${sql} WHERE name = 'hourly'`);
  await put(`due = now() + interval '90 minutes', owner = NULL`);
  assert.equal(await takeJob(database.app, 'hourly', taken), undefined, 'not yet due');
  await put(`due = now() + interval '3 hours'`);
  assert.notEqual(await takeJob(database.app, 'hourly', taken), undefined);
  await put(`due = now(), owner = gen_random_uuid(), lease_until = now() + interval '90 seconds'`);
  assert.equal(await takeJob(database.app, 'hourly', { ...taken, now: now + 5_000 }), undefined, 'leased');
  await put(`lease_until = now() + interval '1 hour', fencing = 9223372036854775807`);
  const again = await takeJob(database.app, 'hourly', { ...taken, now: now + 5_000 });
  assert.equal(again?.fencing, 1);
});

test('what has much to do comes before its time', async () => {
  const much = { todo: false, runs: 0 };
  const waits = (): boolean => much.todo;
  const early: Job = {
    ...job('early', () => {
      much.runs += 1;
      much.todo = false;
      return Promise.resolve({});
    }),
    early: waits,
  };
  assert.equal(await runnerOf(early).run('early'), 'ok');
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  assert.equal(much.runs, 1, 'an hour before it is due');
  much.todo = true;
  for (let waited = 0; waits() && waited < 5_000; waited += 20)
    await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(much.runs, 2);
});

test('what is noted begins at once, also what is noted during a run or while another process runs the job', async () => {
  const noted = new Noted();
  let runs = 0;
  let work = (): Promise<void> => Promise.resolve();
  const waker: Job = {
    ...job('waker', async () => {
      runs += 1;
      await work();
      return {};
    }),
    noted,
  };
  assert.equal(await runnerOf(waker).run('waker'), 'ok');
  const reaches = async (count: number): Promise<number> => {
    const begun = performance.now();
    while (runs < count && performance.now() - begun < 5_000)
      await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(runs, count);
    return performance.now() - begun;
  };
  const waits: number[] = [];
  for (let count = 2; count < 12; count += 1) {
    // three notes, one run
    for (let i = 0; i < 3; i += 1) noted.note();
    waits.push(await reaches(count));
  }
  const total = waits.reduce((sum, one) => sum + one, 0);
  assert.ok(total < 7_000, `${total} ms for ten runs: not at the next poll, which is a second away`);
  let go: () => void = () => undefined;
  work = () => new Promise((resolve) => (go = resolve));
  noted.note();
  await reaches(12);
  noted.note();
  work = () => Promise.resolve();
  go();
  await reaches(13);
  const other = "owner = gen_random_uuid(), lease_until = now() + interval '20 seconds'";
  const takes = async (): Promise<number | null> =>
    (await database.app.query(`UPDATE job SET ${other} WHERE name = 'waker' AND owner IS NULL`)).rowCount;
  // the run before has begun, and ends first
  while ((await takes()) !== 1) await new Promise((resolve) => setTimeout(resolve, 5));
  noted.note();
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.deepEqual([runs, noted.isWaiting], [13, true]);
  await database.app.query("UPDATE job SET owner = NULL, lease_until = NULL WHERE name = 'waker'");
  await reaches(14);
});

test('a run goes on where the last one ended', async () => {
  const seen: unknown[] = [];
  const steps = runnerOf(
    job('steps', (run) => {
      seen.push(run.state);
      return Promise.resolve({ state: { at: seen.length }, more: seen.length < 3 });
    }),
  );
  for (let i = 0; i < 3; i += 1) assert.equal(await steps.run('steps'), 'ok');
  assert.deepEqual(seen, [null, { at: 1 }, { at: 2 }]);
});

test('an act that skips leaves no entry and no change, and the run goes on', async () => {
  const skipping = runnerOf(
    job('skipping', async (run) => {
      const { isSkipped } = await run.act({
        change: { done: true },
        work: async (transaction) => {
          await transaction.query("UPDATE job SET outcome = 'skipped' WHERE name = 'skipping'");
          return 'skip';
        },
      });
      const { rows } = await database.app.query<{ outcome: string | null }>(
        "SELECT outcome FROM job WHERE name = 'skipping'",
      );
      return { state: { isSkipped, outcome: rows[0]?.outcome ?? null } };
    }),
  );
  const before = await lastLeaf(database);
  assert.equal(await skipping.run('skipping'), 'ok');
  assert.deepEqual(await lastLeaf(database), before);
  const { rows } = await database.app.query("SELECT state FROM job WHERE name = 'skipping'");
  assert.deepEqual(rows, [{ state: { isSkipped: true, outcome: null } }]);
});

test('a process that lost its job does nothing more: its act is refused in the transaction, and nothing of it stays', async () => {
  let acted: unknown;
  const overtaken = runnerOf(
    job('overtaken', async (run) => {
      await database.app.query("UPDATE job SET fencing = fencing + 1 WHERE name = 'overtaken'");
      acted = await run
        .act({
          change: { done: true },
          work: async (transaction) => {
            await transaction.query("UPDATE job SET outcome = 'done by the dead' WHERE name = 'overtaken'");
          },
        })
        .catch((error: unknown) => error);
      throw acted;
    }),
  );
  const before = await lastLeaf(database);
  assert.equal(await overtaken.run('overtaken'), 'job_taken_over');
  assert.ok(acted instanceof Problem && acted.code === 'job_taken_over');
  assert.equal((await lastLeaf(database)).id, before.id);
  const { rows } = await database.app.query<{ outcome: string | null }>(
    "SELECT outcome FROM job WHERE name = 'overtaken'",
  );
  assert.deepEqual(rows, [{ outcome: null }]);
});

test('an act is an entry of the hub itself, durable with its rows', async () => {
  const acting = runnerOf(
    job('acting', async (run) => {
      await run.act({ change: { rows: 3 }, dataset: 'pub-security.household', provider: 'pub-security' });
      return {};
    }),
  );
  assert.equal(await acting.run('acting'), 'ok');
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.operation, leaf.kind, leaf.actor, leaf.change, leaf.dataset],
    ['acting', 'management', { staff: 'hub' }, { rows: 3 }, 'pub-security.household'],
  );
});

test('a failure is reported, stored as the outcome, and tried again when it is due', async () => {
  const reported: unknown[] = [];
  const failing = runnerOf(
    job('failing', () => Promise.reject(new Error('no'))),
    reported,
  );
  assert.equal(await failing.run('failing'), 'internal_error');
  assert.equal(reported.length, 1);
  const { rows } = await database.app.query<{ outcome: string; owner: string | null }>(
    "SELECT outcome, owner FROM job WHERE name = 'failing'",
  );
  assert.deepEqual(rows, [{ outcome: 'internal_error', owner: null }]);
  // a failure in addition to finished work: all of it is reported, and the finished work is stored
  const [one, other] = [new Problem('log_behind', {}), new Error('no')];
  const partly = runnerOf(
    job('partly', () =>
      Promise.resolve({ state: { at: 1 }, failures: [one, other, new Problem('log_behind', {})] }),
    ),
    reported,
  );
  assert.equal(await partly.run('partly'), 'log_behind');
  assert.deepEqual(reported.slice(1), [one, other], 'the same problem is reported once');
  const stored = await database.app.query("SELECT outcome, state FROM job WHERE name = 'partly'");
  assert.deepEqual(stored.rows, [{ outcome: 'log_behind', state: { at: 1 } }]);
  const ready = (await (await fetch(`${hub.hub.origins.admin}/readyz`)).json()) as {
    status: string;
    checks: Record<string, string>;
  };
  assert.equal(ready.status, 'degraded');
  assert.match(ready.checks['jobs'] ?? '', /failing internal_error/);
});

test('jobs that rest do not run by their interval, only on request', async () => {
  const state = { runs: 0, rests: true };
  const reported: unknown[] = [];
  const resting = job('resting', () => {
    state.runs += 1;
    return Promise.resolve({});
  });
  const runner = runnerOf({ ...resting, every: 100 }, reported, () => state.rests);
  assert.equal(await runner.run('resting'), 'ok');
  await sleep(2_500);
  assert.equal(state.runs, 1);
  state.rests = false;
  await eventually(
    () => state.runs > 1,
    () => 'the job does not run',
  );
  assert.deepEqual(reported, []);
});
