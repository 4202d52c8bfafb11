/** Retire: what is destroyed goes with an entry that says how much of what, and only what nobody needs. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';
import { commit, post, stateOf, told, uploaded } from './intakeCalls.ts';
import { lastLeaf } from './leaves.ts';

const database = await testDatabase({ connections: 8 });
const hub = await testHub({ database, jobsByTime: false, intake: { openBatches: 3 } });
after(() => hub.stop());
const city = await sampleCity(hub);
const { client } = city.publicSecurity;
const household = 'pub-security.household';
const { runner } = hub.hub;

const parts = async (batch: string): Promise<number> =>
  (await database.app.query('SELECT 1 FROM batch_part WHERE batch = $1', [batch])).rowCount ?? 0;
const quarantined = async (batch: string): Promise<number> =>
  (await database.app.query('SELECT 1 FROM quarantine WHERE batch = $1', [batch])).rowCount ?? 0;

async function run(job: string): Promise<void> {
  assert.equal(await runner.run(job), 'ok');
}

test('a batch that was never committed expires after seven days, its bytes go, and the entry says how many', async () => {
  const { bytes } = householdFile(1400, 1);
  const young = await uploaded(client, household, bytes);
  const old = await uploaded(client, household, bytes);
  await database.app.query("UPDATE batch SET opened_at = now() - interval '7 days 1 minute' WHERE id = $1", [
    old,
  ]);
  await run('expireBatches');
  const leaf = await lastLeaf(database);
  assert.deepEqual(
    [leaf.kind, leaf.operation, leaf.dataset, leaf.provider, leaf.change],
    [
      'retire',
      'expireBatches',
      household,
      'pub-security',
      { batch: old, state: 'expired', bytes: bytes.length },
    ],
  );
  assert.deepEqual([(await stateOf(database, old)).state, await parts(old)], ['expired', 0]);
  assert.deepEqual([(await stateOf(database, young)).state, (await parts(young)) > 0], ['receiving', true]);
  assert.equal(await told(commit(client, old, bytes, 'household')), 'batch_not_open');
  assert.equal(await told(commit(client, young, bytes, 'household')), '200');
});

test('raw bytes and quarantined rows go thirty days after their batch was superseded; those of the current one stay', async () => {
  const first = await uploaded(client, household, householdFile(1400, 2).bytes);
  assert.equal(await told(commit(client, first, householdFile(1400, 2).bytes, 'household')), '200');
  const second = await uploaded(client, household, householdFile(1400, 3).bytes);
  assert.equal(await told(commit(client, second, householdFile(1400, 3).bytes, 'household')), '200');
  await database.app.query(
    `UPDATE batch SET superseded_at = superseded_at - interval '31 days', finished_at = finished_at - interval '40 days'
      WHERE id IN ($1, $2)`,
    [first, second],
  );
  const rows = await quarantined(first);
  await run('destroyRaw');
  const leaf = await lastLeaf(database);
  assert.equal(leaf.kind, 'retire');
  assert.deepEqual(leaf.change, {
    batch: first,
    bytes: householdFile(1400, 2).bytes.length,
    quarantined: rows,
  });
  assert.deepEqual([await parts(first), await quarantined(first)], [0, 0]);
  assert.ok((await parts(second)) > 0);
  const again = leaf.id;
  await run('destroyRaw');
  assert.equal((await lastLeaf(database)).id, again, 'nothing is destroyed twice');
});

test('a department may have so many batches open and no more, however many calls it makes at once; others go on', async () => {
  const begin = (): Promise<string> => told(post(client, `/v1/datasets/${household}/batches`, {}));
  const codes = await Promise.all(Array.from({ length: 8 }, begin));
  assert.deepEqual(codes.sort(), [
    '201',
    '201',
    '201',
    ...Array.from({ length: 5 }, () => 'too_many_open_batches'),
  ]);
});
