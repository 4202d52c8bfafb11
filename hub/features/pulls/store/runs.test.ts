/** Which runs of a pull decide whether another is due. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { administratorSession } from '../../../../tests/administratorSession.ts';
import { testDatabase } from '../../../../tests/database.ts';
import { decisiveRuns, endBrokenRuns, runsOf } from './runs.ts';

const database = await testDatabase();
const administrator = await administratorSession(database, '-c session_replication_role=replica');

/** @param from days since its begin @param state of its batch; null: it had none @param problem of its batch */
async function add(
  count: number,
  from: number,
  outcome: string,
  state: string | null,
  problem: string | null = null,
): Promise<void> {
  await administrator.query(
    `WITH run AS (
       INSERT INTO pull_run (id, dataset, reading, period, begun_at, ended_at, outcome, batch)
       SELECT gen_random_uuid(), 'police.people', repeat('a', 64), CASE WHEN $2::float8 > 31 THEN '2026-10-01' ELSE '2026-11-01' END, at, at, $3::text,
              CASE WHEN $4::text IS NOT NULL THEN gen_random_uuid() END
         FROM (SELECT now() - $2::float8 * interval '1 day' + n * interval '1 second' FROM generate_series(1, $1::int) AS n) AS one (at)
       RETURNING batch)
     INSERT INTO batch (id, dataset, department, state, problem, bytes)
     SELECT batch, 'police.people', 'police', $4, $5, 0 FROM run WHERE batch IS NOT NULL`,
    [count, from, outcome, state, problem],
  );
}

test('the failures of a period count however many other runs followed, up to the last rows that became visible', async () => {
  await add(2, 40, 'read', 'failed');
  await add(1, 20, 'read', 'failed');
  await add(2, 10, 'read', 'failed');
  await add(1, 9.2, 'read', 'rejected', 'batch_outdated');
  await add(2, 9, 'pull_batch_broken_off', 'expired');
  await add(4, 8.5, 'pull_broken_off', 'expired');
  await add(4, 8.4, 'read', 'rejected');
  await add(4, 8.3, 'read', 'dropped');
  await add(decisiveRuns, 8, 'pull_source_slow', null);
  const older = async (): Promise<readonly unknown[]> =>
    (await runsOf(database.app, 'police.people', decisiveRuns))
      .slice(decisiveRuns)
      .map(({ outcome, batchState }) => `${String(outcome)} ${String(batchState)}`);
  const broken = ['pull_batch_broken_off expired', 'pull_batch_broken_off expired'];
  const [outdated, failed] = ['read rejected', ['read failed', 'read failed']];
  assert.deepEqual(
    await older(),
    [...broken, outdated, ...failed, 'read failed'],
    'none of the period before',
  );
  await add(4, 25, 'read', 'failed');
  assert.deepEqual(await older(), [...broken, outdated, ...failed, 'read failed'], 'six are enough');
  await add(1, 15, 'read', 'published');
  assert.deepEqual(await older(), [...broken, outdated, ...failed]);
  await add(1, 9.5, 'read', 'superseded');
  assert.deepEqual(await older(), [...broken, outdated]);
});

test('a run that was broken off while it read ends otherwise than one that had read everything', async () => {
  const dataset = 'police.vehicles';
  await administrator.query(
    `WITH run AS (
       INSERT INTO pull_run (id, dataset, reading, period, begun_at, ended_at, outcome, batch)
       SELECT gen_random_uuid(), $1, repeat('a', 64), '2026-11-01', now() - n * interval '1 hour',
              CASE WHEN n = 2 THEN now() END, CASE WHEN n = 2 THEN 'read' END, gen_random_uuid()
         FROM generate_series(1, 2) AS n RETURNING batch)
     INSERT INTO batch (id, dataset, department, state, bytes) SELECT batch, $1, 'police', 'receiving', 0 FROM run`,
    [dataset],
  );
  assert.equal((await endBrokenRuns(database.app, dataset, Date.now())).length, 2);
  const outcomes = (await runsOf(database.app, dataset, 2)).map(({ outcome }) => outcome);
  assert.deepEqual(outcomes, ['pull_broken_off', 'pull_batch_broken_off']);
});
