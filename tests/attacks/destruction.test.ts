/**
 * A database administrator without a key of the hub lets the hub destroy data: by a dataset that is set to retired, by a shorter retention
 * of raw bytes, or both. Nothing is destroyed on behalf of a row without a valid seal.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { sweepTables } from '../../hub/flows/rows/store/sweep.ts';
import { administratorSession } from '../administratorSession.ts';
import { commit, reported, uploaded } from '../flows/intakeCalls.ts';
import { cityHub } from '../cityHub.ts';
import { compareRows } from '../comparison.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const administrator = await administratorSession(database);
after(() => hub.stop());

const dataset = 'pub-security.household';
/** Triggers of the hub do not run. */
async function past(sql: string): Promise<void> {
  await administrator.query(`SET session_replication_role = replica; ${sql}`);
}
async function published(seed: number): Promise<string> {
  const { bytes } = householdFile(1400, seed);
  const batch = await uploaded(city.publicSecurity.client, dataset, bytes);
  assert.equal(await reported(commit(city.publicSecurity.client, batch, bytes, 'household')), '200');
  return batch;
}
async function count(sql: string, batch: string): Promise<number> {
  const { rows } = await administrator.query<{ n: string }>(sql, [batch]);
  return Number(rows[0]?.n);
}
const parts = (batch: string): Promise<number> =>
  count('SELECT count(*) AS n FROM batch_part WHERE batch = $1', batch);
const tables = (batch: string): Promise<number> =>
  count('SELECT count(*) AS n FROM pg_class WHERE relname = $1', `b_${batch.replaceAll('-', '')}`);

const former = await published(1);
const current = await published(2);
const jobs = ['retireRows', 'destroyRaw'] as const;

const retired = `state = 'retired', ending_by = (SELECT min(id) FROM person), ended_by = (SELECT max(id) FROM person)`;
const restored = `state = 'published', ending_by = NULL, ended_by = NULL, rows_gone_at = NULL`;
for (const [what, change, back] of [
  ['set to retired', retired, restored],
  ['set to retired, its rows to gone', `${retired}, rows_gone_at = now()`, restored],
  ['given a retention of one day', 'raw_days = 1', 'raw_days = NULL'],
] as const)
  test(`a dataset that is ${what} past the hub: its rows, raw bytes and tables remain`, async () => {
    // time passes
    await database.owner.query(
      `UPDATE batch SET superseded_at = superseded_at - interval '2 days', finished_at = finished_at - interval '2 days'
        WHERE superseded_at IS NOT NULL`,
    );
    await past(`UPDATE dataset SET ${change} WHERE id = '${dataset}'`);
    for (const job of jobs) await hub.hub.runner.run(job);
    await sweepTables(hub.hub.services.database);
    assert.deepEqual(
      [await tables(current), await parts(current), await parts(former)].map((found) => found > 0),
      [true, true, true],
    );
    // found while it lasts; put back nothing is lost
    await compareRows(hub);
    const { rows } = await administrator.query<{ about: string }>(
      `SELECT about FROM log_finding WHERE code = 'row_altered'`,
    );
    assert.ok(
      rows.some(({ about }) => about.startsWith('dataset ')),
      JSON.stringify(rows),
    );
    await past(`UPDATE dataset SET ${back} WHERE id = '${dataset}'`);
    await compareRows(hub);
    const { rows: left } = await administrator.query('SELECT code, about FROM log_finding');
    assert.deepEqual(left, []);
  });

const longAgo = `superseded_at = superseded_at - interval '2 years', finished_at = finished_at - interval '2 years'`;
for (const [what, sql] of [
  ['whose end is put back', `UPDATE batch SET ${longAgo} WHERE id = '${former}'`],
  ['that is set to failed', `UPDATE batch SET state = 'failed', ${longAgo} WHERE id = '${former}'`],
  ['whose record is deleted', `DELETE FROM batch WHERE id = '${former}'`],
] as const)
  test(`a former batch ${what} past the hub: its raw bytes and its table remain`, async () => {
    assert.equal(await tables(former), 1);
    await past(`CREATE TABLE copy AS SELECT * FROM batch WHERE id = '${former}'; ${sql}`);
    for (const job of jobs) await hub.hub.runner.run(job);
    await sweepTables(hub.hub.services.database);
    assert.equal(await tables(former), 1);
    assert.ok((await parts(former)) > 0);
    await past(
      `DELETE FROM batch WHERE id = '${former}'; INSERT INTO batch SELECT * FROM copy; DROP TABLE copy`,
    );
  });

test('a shorter retention of events, or a hold on them that was ended, past the hub: they remain', async () => {
  await city.apply('air-warning/topic.yaml');
  const type = 'ecology.air-warning-issued';
  await city.ecology.client.events.publish('ecology.air-warnings', [
    {
      specversion: '1.0',
      id: 'e-1',
      source: 'test',
      type,
      data: { warning_id: 'e-1', district: '990101', level: 'orange', duty_phone: '0990-5550100' },
    },
  ]);
  const events = (): Promise<number> => count('SELECT count(*) AS n FROM event WHERE type = $1', type);
  await past(`UPDATE event SET stored_at = stored_at - interval '2 days'`);
  await past('UPDATE topic SET retention_days = 1');
  await hub.hub.runner.run('expireEvents');
  assert.equal(await events(), 1);
  await past('UPDATE topic SET retention_days = 30');
  await database.owner.query(
    `INSERT INTO legal_hold (id, kind, target, reason, case_number, until, digest, author, approver, exchange)
     VALUES ('hold-0', 'dataset', $1, 'x', 'x', now() + interval '1 year', 'x', 'a', 'b', '01890000-0000-7000-8000-000000000000')`,
    [type],
  );
  await past(`UPDATE event SET stored_at = stored_at - interval '60 days'`);
  assert.equal(await hub.hub.runner.run('expireEvents'), 'ok');
  assert.equal(await events(), 1);
  await past(`UPDATE legal_hold SET until = until - interval '2 years'`);
  await hub.hub.runner.run('expireEvents');
  assert.equal(await events(), 1);
});
