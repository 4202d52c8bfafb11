/** A process of a former release whose database was migrated by a newer one: its jobs rest once, and readiness reports it. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase } from '../../../tests/database.ts';
import { eventually } from '../../../tests/eventually.ts';
import { testHub } from '../../../tests/hub.ts';
import { startRunner } from '../jobs/runner.ts';
import { jobsRestMs, patienceMs, ReleaseWatch } from './releaseWatch.ts';

const database = await testDatabase();
const hub = await testHub({ database, jobsByTime: false });
after(() => hub.stop());
const migrated = (): Promise<unknown> =>
  database.owner.query("INSERT INTO migration (name, batch, migration_time) VALUES ('9999_newer', 9, now())");
const undone = (): Promise<unknown> =>
  database.owner.query("DELETE FROM migration WHERE name = '9999_newer'");

test('jobs rest from the newer migration on, and for a quarter of an hour only, whatever is written later', async () => {
  let now = 0;
  const watch = new ReleaseWatch(database.owner, () => now);
  after(() => watch.close());
  const restsAfter = async (ms: number): Promise<boolean> => {
    now += ms;
    await watch.look();
    return watch.jobsRest();
  };
  assert.equal(await restsAfter(0), false);
  await migrated();
  assert.equal(watch.jobsRest(), false, 'the table is read in the background');
  assert.equal(await restsAfter(600), true);
  assert.equal(await restsAfter(jobsRestMs - 1_000), true);
  assert.equal(await restsAfter(1_000), false);
  await undone();
  assert.equal(await restsAfter(1_000), false);
  await migrated();
  assert.equal(await restsAfter(1_000), false, 'an administrator cannot stop the jobs again');
  assert.match(watch.state(), /^degraded: a newer release/);
  await undone();
});

test('a table that cannot be read is reported after some time; one read waits at a time, and the last result stays', async () => {
  let now = 0;
  let reads = 0;
  let fail: (error: Error) => void = () => undefined;
  const query = (): Promise<never> => {
    reads += 1;
    return new Promise((_, reject) => (fail = reject));
  };
  const watch = new ReleaseWatch({ query }, () => now);
  after(() => watch.close());
  const reading = [watch.look(), watch.look()];
  assert.equal(reads, 1);
  now = patienceMs - 1;
  assert.equal(watch.state(), 'ok');
  now = patienceMs;
  assert.equal(watch.state(), 'degraded: the table migration was not read for 10 s');
  fail(new Error('no connection'));
  await Promise.all(reading);
  assert.equal(watch.jobsRest(), false);
  void watch.look();
  assert.equal(reads, 2);
});

interface Readiness {
  readonly status: number;
  readonly release: string | undefined;
}

async function readiness(): Promise<Readiness> {
  const reply = await fetch(`${hub.hub.origins.admin}/readyz`);
  const { checks } = (await reply.json()) as { readonly checks: Readonly<Record<string, string>> };
  return { status: reply.status, release: checks['release'] };
}

test('readiness reports that the process is to be replaced, and it still serves', async () => {
  assert.deepEqual(await readiness(), { status: 200, release: 'ok' });
  await migrated();
  let last: Readiness | undefined;
  await eventually(
    async () => (last = await readiness()).release !== 'ok',
    () => 'it is not reported',
  );
  assert.deepEqual(last, {
    status: 200,
    release: 'degraded: a newer release has migrated the database: replace this process',
  });
  await undone();
  await eventually(
    async () => (await readiness()).release === 'ok',
    () => 'it is still reported',
  );
});

test('while loads use all connections of the owner pool, the process is ready and its jobs run', async () => {
  let runs = 0;
  const taken = await Promise.all(
    Array.from({ length: database.owner.options.max }, () => database.owner.connect()),
  );
  const watch = new ReleaseWatch(database.owner, () => database.now());
  const runner = startRunner(
    {
      database,
      audit: hub.hub.audit,
      random: () => 0,
      rests: () => watch.jobsRest(),
      ended: () => undefined,
      report: () => assert.fail(),
    },
    [
      {
        name: 'brief',
        every: 1_000,
        lease: 60_000,
        run: () => {
          runs += 1;
          return Promise.resolve({});
        },
      },
    ],
  );
  try {
    // a read of the watch begins each second, and waits for a connection
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    assert.deepEqual(await readiness(), { status: 200, release: 'ok' });
    await eventually(
      () => runs > 0,
      () => 'the job does not run',
      { within: 3_000 },
    );
  } finally {
    for (const client of taken) client.release();
    watch.close();
    await runner.close();
  }
});
