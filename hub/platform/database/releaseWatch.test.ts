/** A process of a former release whose database was migrated by a newer one: its jobs rest once, and readiness reports it. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { testDatabase } from '../../../tests/database.ts';
import { testHub } from '../../../tests/hub.ts';
import { jobsRestMs, ReleaseWatch } from './releaseWatch.ts';

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
  const restsAfter = async (ms: number): Promise<boolean> => {
    now += ms;
    return watch.jobsRest();
  };
  assert.equal(await restsAfter(0), false);
  await migrated();
  assert.equal(await restsAfter(500), false, 'the table is read once a second');
  assert.equal(await restsAfter(600), true);
  assert.equal(await restsAfter(jobsRestMs - 1_000), true);
  assert.equal(await restsAfter(1_000), false);
  await undone();
  assert.equal(await restsAfter(1_000), false);
  await migrated();
  assert.equal(await restsAfter(1_000), false, 'an administrator cannot stop the jobs again');
  assert.equal(await watch.isNewer(), true);
  await undone();
});

test('readiness says that the process is to be replaced, and it still serves', async () => {
  const readiness = async (): Promise<readonly [number, string | undefined]> => {
    const reply = await fetch(`${hub.hub.origins.admin}/readyz`);
    const { checks } = (await reply.json()) as { readonly checks: Readonly<Record<string, string>> };
    return [reply.status, checks['release']];
  };
  assert.deepEqual(await readiness(), [200, 'ok']);
  await migrated();
  await new Promise((resolve) => setTimeout(resolve, 1_100));
  assert.deepEqual(await readiness(), [
    200,
    'degraded: a newer release has migrated the database: replace this process',
  ]);
  await undone();
});
