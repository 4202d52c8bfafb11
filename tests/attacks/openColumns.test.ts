/**
 * A database administrator without a key of the hub changes columns that no seal covers, because each call or step of work writes them. What
 * the hub destroys, shows again or reports does not follow them.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { batchTable } from '../../hub/domain/rowTable/layout.ts';
import { foundOfDataset } from '../../hub/flows/foundTables.ts';
import { formerBatch } from '../../hub/flows/intake/store/formerBatches.ts';
import { expectingDatasets } from '../../hub/flows/intake/store/silence.ts';
import { rawRemains } from '../../hub/flows/rows/store/remains.ts';
import { sweepTables } from '../../hub/flows/rows/store/sweep.ts';
import { uuid7 } from '../../machine/uuid7.ts';
import { administratorSession } from '../administratorSession.ts';
import { guardedDatasets, type Sent } from '../flows/guardedDatasets.ts';
import { idsOf, people, place } from '../flows/householdRecords.ts';
import { requestedHold } from '../flows/requestedHold.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const { client } = city.publicSecurity;
const steward = await hub.token('han', ['steward'], 'pub-security');
const { dataset, sent, merged } = guardedDatasets(hub, { operator: city.operator, steward, client });
const administrator = await administratorSession(database, '-c session_replication_role=replica');
after(() => hub.stop());

const { relation } = place;

for (const [seed, column] of ['deletions', 'records'].entries())
  test(`batch.${column} of a held batch that deletes rows under legal hold: none is deleted`, async () => {
    const id = await dataset(
      `held-${column}`,
      { deleteWhere: { field: 'relation', is: ['其他'] } },
      'upsert',
    );
    const citizens = people(20, 31 + seed).map((cells) => cells.with(relation, '子'));
    await sent(id, citizens);
    await requestedHold(hub, await hub.token(`保全 ${column}`, ['security']), id, 'SS-2026-0008');
    const waits = await sent(
      id,
      citizens.slice(0, 1).map((cells) => cells.with(relation, '其他')),
    );
    assert.deepEqual([waits.code, waits.state], ['under_legal_hold', 'held']);
    await administrator.query(`UPDATE batch SET ${column} = NULL WHERE id = '${waits.batch}'`);
    const { json } = await hub.staff(steward, 'POST', `/v1/batches/${waits.batch}/release`, {
      reason: '核对无误',
    });
    assert.equal(json['code'], 'under_legal_hold');
    assert.deepEqual(await merged(id), idsOf(citizens));
  });

test('batch.published_at of a former batch, and ticket.wish: erased rows do not return', async () => {
  const id = await dataset('returning');
  const former = await sent(id, people(150, 41));
  const latest = await sent(id, people(150, 42));
  await database.owner.query(
    `INSERT INTO ticket (id, opener, origin, provider, dataset, subject, sealed_key, claim, wish, state, opened_at, opened_by, answered_at, batch)
     VALUES ('tkt-999999997', 'pub-security', 'counter', 'pub-security', $1, decode(repeat('00', 32), 'hex'), '', '-', 'deletion', 'mended',
             now(), gen_random_uuid(), now(), $2)`,
    [id, latest.batch],
  );
  const restored = async (): Promise<unknown> => {
    const path = `/v1/batches/${former.batch}/restoration`;
    return (await hub.staff(steward, 'POST', path, { reason: '核对' })).json['code'];
  };
  assert.equal(await restored(), 'deletion_would_return');
  await administrator.query(`UPDATE batch SET published_at = now() WHERE id = '${former.batch}'`);
  assert.equal(await restored(), 'deletion_would_return');
  await administrator.query(`UPDATE ticket SET wish = 'copy' WHERE id = 'tkt-999999997'`);
  assert.equal(await restored(), 'rows_unauthenticated');
  await administrator.query(`UPDATE ticket SET wish = 'deletion' WHERE id = 'tkt-999999997'`);
  // the table of the former batch is not swept
  await administrator.query(`UPDATE batch SET published_at = NULL WHERE id = '${former.batch}'`);
  await sweepTables(hub.hub.services.database);
  const { rows } = await administrator.query<{ there: string | null }>('SELECT to_regclass($1) AS there', [
    batchTable(former.batch),
  ]);
  assert.notEqual(rows[0]?.there, null);
});

test('batch.published_at of a batch over which the one before was restored: erased rows do not return', async () => {
  const id = await dataset('restored');
  const without = await sent(id, people(150, 44));
  const latest = await sent(id, people(150, 45));
  const second = await hub.token('蒋一', ['steward'], 'pub-security');
  const restored = async (token: string, { batch }: Sent): Promise<unknown> => {
    const reply = await hub.staff(token, 'POST', `/v1/batches/${batch}/restoration`, { reason: '核对' });
    return reply.json['code'] ?? reply.status;
  };
  assert.deepEqual([await restored(steward, without), await restored(second, without)], [202, 200]);
  // the person is not in the batch that was restored, which is older than the other one
  await database.owner.query(
    `INSERT INTO ticket (id, opener, origin, provider, dataset, subject, sealed_key, claim, wish, state, opened_at, opened_by, answered_at, batch)
     VALUES ('tkt-999999996', 'pub-security', 'counter', 'pub-security', $1, decode(repeat('00', 32), 'hex'), '', '-', 'deletion', 'mended',
             now(), gen_random_uuid(), now(), $2)`,
    [id, without.batch],
  );
  assert.equal(await restored(steward, latest), 'deletion_would_return');
  await administrator.query(`UPDATE batch SET published_at = now() WHERE id = '${latest.batch}'`);
  assert.equal(await restored(steward, latest), 'deletion_would_return');
});

test('batch.published_at of a batch that was corrected before its release: it was never current', async () => {
  const id = await dataset('corrected');
  const former = await sent(id, people(150, 46));
  const waits = await sent(id, people(30, 47));
  assert.equal(waits.state, 'held', JSON.stringify(waits));
  const current = await sent(id, people(150, 48), { corrects: waits.batch });
  assert.equal(current.state, 'published', JSON.stringify(current));
  const set = (batch: Sent, published: string): Promise<unknown> =>
    administrator.query(`UPDATE batch SET published_at = ${published} WHERE id = '${batch.batch}'`);
  const acts = async ({ batch }: Sent): Promise<unknown> => {
    await administrator.query(`UPDATE dataset SET current_batch = '${batch}' WHERE id = '${id}'`);
    const found = await foundOfDataset(hub.hub.services.database, `current ${id}`, 10_000);
    await administrator.query(`UPDATE dataset SET current_batch = '${current.batch}' WHERE id = '${id}'`);
    return found?.acts;
  };
  for (const [ofWaits, ofFormer] of [
    ['NULL', `now() - interval '1 hour'`],
    ['now()', 'NULL'],
  ] as const) {
    await set(waits, ofWaits);
    await set(former, ofFormer);
    assert.equal(await formerBatch(database.app, id), former.batch);
    assert.deepEqual([await acts(waits), await acts(former)], [[], ['seal']]);
  }
});

test('batch.published_at of a batch that was not published: its dataset is silent all the same', async () => {
  const id = await dataset('silent', { expect: { every: 'day' } });
  const came = async (): Promise<number | null | undefined> =>
    (await expectingDatasets(database.app)).find((one) => one.id === id)?.cameAt;
  await database.owner.query(
    `INSERT INTO batch (id, dataset, department, state) VALUES ($1, $2, 'pub-security', 'rejected')`,
    [uuid7(database.now()), id],
  );
  await administrator.query(`UPDATE batch SET published_at = now() WHERE dataset = '${id}'`);
  assert.equal(await came(), null);
  await sent(id, people(20, 43));
  assert.ok(Number(await came()) > 0);
});

test('batch.finished_at: raw bytes are destroyed neither never nor at once', async () => {
  const id = await dataset('ended');
  const day = 86_400_000;
  const [old, fresh] = [uuid7(database.now() - 200 * day), uuid7(database.now())];
  await database.owner.query(
    `INSERT INTO batch (id, dataset, department, state, opened_at, finished_at)
     SELECT one, $2, 'pub-security', 'rejected', at, at FROM unnest($1::uuid[], ARRAY[now() - interval '200 days', now()]) AS o (one, at)`,
    [[old, fresh], id],
  );
  const remains = async (): Promise<readonly string[]> =>
    (await rawRemains(database.app, database.now(), 30, 100))
      .filter((one) => one.dataset === id)
      .map(({ batch }) => batch);
  assert.deepEqual(await remains(), [old]);
  await administrator.query(`UPDATE batch SET finished_at = 'infinity' WHERE id = '${old}'`);
  await administrator.query(`UPDATE batch SET finished_at = '2020-01-01' WHERE id = '${fresh}'`);
  assert.deepEqual(await remains(), [old]);
});
