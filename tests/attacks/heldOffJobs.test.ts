/**
 * A database administrator holds jobs off by small steps: every few seconds they postpone a job, lease it to no process, or write that it has
 * succeeded. Each process knows when a job last ended, by its own memory and by rows with a MAC, and runs it all the same. Where it cannot,
 * readiness names the job. The test moves the clock.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, beforeEach, mock, test } from 'node:test';
import { listJobs, takeJob } from '../../hub/platform/jobs/store/jobs.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub } = await cityHub();
const administrator = await administratorSession(database);
after(() => hub.stop());
const clock = { aheadMs: 0, machine: database.now.bind(database) };
mock.method(database, 'now', () => clock.machine() + clock.aheadMs);

const promised = ['verifyRows', 'verifyDatasets', 'reverifyLog'];
const others = ['watchLog', 'noticeDeadlines', 'closeStreams', 'expireEvents'];
/** The clock moves by as much, while a process looks for work. */
const stepMs = 2_000;

const held: Readonly<Record<string, string>> = {
  'a small postponement': `owner = NULL, lease_until = NULL, due = $1::timestamptz + interval '50 seconds', outcome = 'ok',
     succeeded_at = $1, finished_at = $1`,
  'a small lease': `owner = gen_random_uuid(), started_at = $1, lease_until = $1::timestamptz + interval '50 seconds'`,
};

async function endOf(name: string): Promise<number> {
  const { stated } = (await listJobs(database.app)).find((one) => one.name === name) ?? {};
  return stated?.kind === 'ended' ? stated.at : 0;
}

/** A look for work that is under way may find that the job is not due. */
async function run(name: string): Promise<void> {
  let outcome: string | undefined;
  for (let tries = 0; tries < 20 && outcome === undefined; tries += 1)
    outcome = await hub.hub.runner.run(name);
  assert.equal(outcome, 'ok', name);
}

async function jobsCheck(): Promise<string> {
  return (await hub.hub.services.readiness?.['jobs']?.()) ?? assert.fail();
}

beforeEach(async () => {
  for (const name of [...promised, ...others]) await run(name);
  assert.equal(await jobsCheck(), 'ok');
});

for (const [what, columns] of Object.entries(held))
  test(`${what}, renewed again and again, holds off no comparison for longer than two minutes`, async () => {
    const begun = database.now();
    const ran = new Set<string>();
    while (database.now() - begun < 120_000 && ran.size < promised.length) {
      for (const name of promised) if ((await endOf(name)) > begun) ran.add(name);
      await administrator.query(`UPDATE job SET ${columns} WHERE name = ANY ($2)`, [
        new Date(database.now()),
        promised.filter((name) => !ran.has(name)),
      ]);
      clock.aheadMs += stepMs;
      await sleep(300);
    }
    assert.deepEqual([...ran].sort(), [...promised].sort());
    assert.equal(await jobsCheck(), 'ok');
  });

test('the lease of a run that has ended and is put back holds off nothing', async () => {
  const name = 'verifyRows';
  const taken = { owner: randomUUID(), now: database.now(), lease: 300_000, every: 60_000, early: true };
  assert.notEqual(await takeJob(database.app, name, taken), undefined);
  await administrator.query(`CREATE TEMPORARY TABLE lease AS SELECT * FROM job WHERE name = '${name}'`);
  await administrator.query(`UPDATE job SET owner = NULL WHERE name = '${name}'`);
  clock.aheadMs += 1_000;
  await run(name);
  const ended = await endOf(name);
  while (database.now() - ended < 120_000 && (await endOf(name)) <= ended) {
    await administrator.query(
      `UPDATE job SET (owner, started_at, lease_until, mac) = (SELECT owner, started_at, lease_until, mac FROM lease)
        WHERE name = '${name}' AND finished_at <= $1`,
      [new Date(ended)],
    );
    clock.aheadMs += stepMs;
    await sleep(300);
  }
  assert.ok((await endOf(name)) > ended);
});

test('a job whose row another session has locked is named by readiness, with the time since which it has not ended', async () => {
  const since = await endOf('noticeDeadlines');
  await administrator.query(`BEGIN; SELECT FROM job WHERE name = 'noticeDeadlines' FOR UPDATE`);
  clock.aheadMs += 15 * 60_000;
  const late = await jobsCheck();
  await administrator.query('ROLLBACK');
  const named = /noticeDeadlines late since (\S+?)(?:,|$)/.exec(late)?.[1] ?? assert.fail(late);
  assert.equal(Date.parse(named), since);
});

test('an end that the hub did not state counts for nothing, and neither does an older one that is put back', async () => {
  const { rows } = await administrator.query<{ mac: Buffer; finished: string }>(
    `SELECT mac, finished_at::text AS finished FROM job WHERE name = 'watchLog'`,
  );
  const [old = assert.fail()] = rows;
  await run('watchLog');
  await administrator.query(
    `UPDATE job SET mac = $1, finished_at = $2::timestamptz WHERE name = 'watchLog'`,
    [old.mac, old.finished],
  );
  assert.ok((await endOf('watchLog')) > 0, 'its MAC is valid');
  await administrator.query(`UPDATE job SET finished_at = $1 WHERE name = 'watchLog'`, [
    new Date(database.now() + 60_000),
  ]);
  assert.equal(await endOf('watchLog'), 0);
});
