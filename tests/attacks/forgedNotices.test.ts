/**
 * A database administrator without a key of the hub writes rows that state that a notice was sent, or so many rows that they fill each
 * portion that a job reads. The hub does not take them for its own, and its own rows are not hidden by them.
 */
import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { firstSealedRows } from '../../hub/platform/database/authenticated/sealedRows.ts';
import { cubesOfOthers, type CubeSpec } from '../../hub/flows/release/store/cubes.ts';
import { noticedCases } from '../../hub/flows/intake/store/caseNotices.ts';
import { sealerOf } from '../../hub/flows/sealer.ts';
import { newestMapping } from '../../hub/registry/store/mappings.ts';
import { knownVolumes } from '../../hub/features/risks/store/volumes.ts';
import { administratorSession } from '../administratorSession.ts';
import { testDatabase } from '../database.ts';
import { compareRows } from '../comparison.ts';
import { eventually } from '../eventually.ts';
import { guardedDatasets } from '../flows/guardedDatasets.ts';
import { people } from '../flows/householdRecords.ts';
import { lastLeaf, newestLeaves } from '../flows/leaves.ts';
import { agreementOf, row, rules, streetCases } from '../flows/streetCases.ts';
import { sampleCity, testHub } from '../hub.ts';
import { reminderServers } from '../reminderServers.ts';

const servers = await reminderServers();
const database = await testDatabase({ connections: 20 });
const hub = await testHub({
  database,
  jobsByTime: false,
  dispatch: { pollMs: 25, leaseMs: 1_500, patienceMs: 1_000 },
  config: { reminders: servers.reminders },
});
after(async () => {
  servers.close();
  await hub.stop();
});
const city = await sampleCity(hub);
const steward = await hub.token('han', ['steward'], 'pub-security');
const { client } = city.publicSecurity;
const { dataset, sent } = guardedDatasets(hub, { operator: city.operator, steward, client });
const cases = await streetCases(hub, city);
/** A session of the superuser, past the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
const { runner } = hub.hub;
const entry = '01890000-0000-7000-8000-000000000000';

/** The number of entries of an operation among the newest. */
const entriesOf = async (operation: string): Promise<number> =>
  (await newestLeaves(database, 200)).filter((leaf) => leaf.operation === operation).length;

async function found(): Promise<string[]> {
  await compareRows(hub);
  const { rows } = await administrator.query<{ finding: string }>(
    `SELECT code || ' ' || split_part(about, ' ', 1) AS finding FROM log_finding WHERE about <> '' ORDER BY 1`,
  );
  return [...new Set(rows.map(({ finding }) => finding))];
}

beforeEach(async () => {
  assert.deepEqual(await found(), [], 'the test before restored what it changed');
});

test('150 older streams that never were hide no stream that was lost', async () => {
  const facts = JSON.stringify({ consumer: 'education', dataset: 'pub-security.household' });
  await database.app.query(
    `INSERT INTO release_stream (id, department, facts, lease_until) VALUES (gen_random_uuid(), 'education', $1, now() - interval '1 minute')`,
    [facts],
  );
  await administrator.query(
    `INSERT INTO release_stream (id, department, facts, lease_until)
     SELECT gen_random_uuid(), 'education', $1, now() - interval '1 hour' FROM generate_series(1, 150)`,
    [facts],
  );
  const before = hub.hub.audit.size();
  assert.equal(await runner.run('closeStreams'), 'ok');
  assert.equal(hub.hub.audit.size(), before + 1, 'one entry, of the stream of the hub');
  assert.equal((await lastLeaf(database)).operation, 'streamRecords');
  assert.deepEqual(await found(), ['row_unsealed release_stream']);
  await administrator.query('DELETE FROM release_stream');
});

test('more rows without a seal than the hub passes over are refused, not taken for the end of the list', async () => {
  await administrator.query(
    `INSERT INTO release_stream (id, department, facts, lease_until)
     SELECT gen_random_uuid(), 'education', '{}', now() - interval '1 hour' FROM generate_series(1, 22000)`,
  );
  await assert.rejects(
    firstSealedRows(database.app, 'release_stream', 'SELECT id FROM release_stream ORDER BY id', [], 10),
    { code: 'rows_unauthenticated' },
  );
  await administrator.query('DELETE FROM release_stream');
});

test('a newer version of the administrator does not hide the newest one of the hub', async () => {
  const { rows } = await administrator.query<{ dataset: string; name: string }>(
    'SELECT dataset, name FROM mapping ORDER BY 1, 2 LIMIT 1',
  );
  const { dataset: of, name } = rows[0] ?? assert.fail('no mapping');
  const newest = await newestMapping(database.app, of, name);
  assert.ok(newest !== undefined);
  await administrator.query(
    `CREATE TEMPORARY TABLE forged AS SELECT * FROM mapping WHERE dataset = '${of}' AND name = '${name}' ORDER BY version DESC LIMIT 1;
     UPDATE forged SET version = version + 1; INSERT INTO mapping SELECT * FROM forged`,
  );
  assert.deepEqual(await newestMapping(database.app, of, name), newest);
  await administrator.query(
    `DELETE FROM mapping AS m USING forged AS f WHERE (m.dataset, m.name, m.version) = (f.dataset, f.name, f.version); DROP TABLE forged`,
  );
});

test('newer statistics of the administrator, altered ones, and another order of them: none takes the place of what was shown last', async () => {
  const spec: CubeSpec = { dimensions: [], sums: [], minGroup: 10, rowFilter: [] };
  const of = 'pub-security.household';
  const insert = `INSERT INTO statistic_cube (dataset, consumer, batch, spec, cells, digest, nth) VALUES ($1, 'civil', gen_random_uuid(), $2, '[]', $3, $4)`;
  await database.app.query(insert, [of, spec, 'former', null]);
  await database.app.query(insert, [of, spec, 'first', 1]);
  await database.app.query(insert, [of, spec, 'shown', 2]);
  const others = async (): Promise<readonly string[]> =>
    (await cubesOfOthers(database.app, { dataset: of, consumer: 'education' }, spec)).map(
      ({ digest }) => digest,
    );
  assert.deepEqual(await others(), ['shown']);
  // the order by "id" is not under the seal
  await administrator.query(
    `ALTER TABLE statistic_cube ALTER id DROP IDENTITY;
     UPDATE statistic_cube SET id = 1000000 + coalesce(2 - nth, 5);
     ALTER TABLE statistic_cube ALTER id ADD GENERATED ALWAYS AS IDENTITY (RESTART 2000000)`,
  );
  assert.deepEqual(await others(), ['shown']);
  for (const [change, undo] of [
    [
      `UPDATE statistic_cube SET nth = 3 WHERE digest = 'first'`,
      `UPDATE statistic_cube SET nth = 1 WHERE digest = 'first'`,
    ],
    [
      `UPDATE statistic_cube SET cells = '[1]' WHERE digest = 'shown'`,
      `UPDATE statistic_cube SET cells = '[]' WHERE digest = 'shown'`,
    ],
    [
      `INSERT INTO statistic_cube (dataset, consumer, batch, spec, cells, digest, nth) SELECT dataset, consumer, gen_random_uuid(), spec, cells, 'forged', 9 FROM statistic_cube LIMIT 1`,
      `DELETE FROM statistic_cube WHERE digest = 'forged'`,
    ],
  ] as const) {
    await administrator.query(change);
    await assert.rejects(others(), { code: 'rows_unauthenticated' }, change);
    await administrator.query(undo);
  }
  assert.deepEqual(await others(), ['shown']);
});

const mails = (): number => servers.mail.mails.length;
async function mailed(count: number): Promise<void> {
  await eventually(
    () => mails() >= count,
    () => `${mails()} mails came, not ${count}`,
  );
}

test('150 older reminders of the administrator hide none of the hub; a record of a notice that was never sent suppresses none', async () => {
  assert.equal(
    (await hub.staff(steward, 'POST', '/v1/reminders', { mail: 'han@yunxi.example' })).status,
    200,
  );
  await administrator.query(
    `INSERT INTO reminder (id, kind, owner, way, said, made_at)
     SELECT gen_random_uuid(), kind, owner, way, '{"counts":{"requests":1}}', now() - interval '1 day'
       FROM reminder_address, generate_series(1, 150)`,
  );
  // items that do not wait are forgotten; the administrator's would end the run
  await administrator.query(
    `INSERT INTO reminder_told (kind, owner, way, thing) SELECT kind, owner, way, repeat('f', 64) FROM reminder_address`,
  );
  const held = await dataset('reminded');
  await sent(held, people(400, 10));
  await sent(held, people(120, 11));
  assert.equal(await runner.run('sendReminders'), 'ok');
  await mailed(1);
  assert.deepEqual(await found(), ['row_unsealed reminder', 'row_unsealed reminder_told']);
  await administrator.query(`DELETE FROM reminder; DELETE FROM reminder_told WHERE thing = repeat('f', 64)`);

  await administrator.query('CREATE TEMPORARY TABLE saved AS SELECT * FROM reminder_told');
  await database.app.query('DELETE FROM reminder_told');
  await administrator.query('INSERT INTO reminder_told SELECT * FROM saved');
  const other = await dataset('reminded-too');
  await sent(other, people(400, 12));
  await sent(other, people(120, 13));
  assert.equal(await runner.run('sendReminders'), 'rows_unauthenticated', 'the run does not hide it');
  await mailed(2);
  assert.deepEqual(await found(), ['row_unsealed reminder_told']);
  await administrator.query('DELETE FROM reminder_told AS r USING saved AS t WHERE r.thing = t.thing');
  assert.equal(await runner.run('sendReminders'), 'ok');
  await mailed(3);
  // a reminder that is still queued would take the next items later
  await eventually(
    async () => (await administrator.query('SELECT FROM reminder')).rowCount === 0,
    () => 'the reminder that was taken is still queued',
  );

  await administrator.query('DELETE FROM saved; INSERT INTO saved SELECT * FROM reminder_told');
  await administrator.query('DELETE FROM reminder_told');
  assert.equal(await runner.run('sendReminders'), 'rows_unauthenticated');
  assert.deepEqual(await found(), ['row_missing reminder_told']);
  await administrator.query('INSERT INTO reminder_told SELECT * FROM saved');
  assert.equal(await runner.run('sendReminders'), 'ok');
  assert.equal(mails(), 3, 'no item is reported twice');
});

test('a dead letter of the administrator, and one that they altered, do not stop the others from being deleted', async () => {
  const { rows } = await administrator.query<{ owner: string }>('SELECT owner FROM reminder_address LIMIT 1');
  const insert = `INSERT INTO reminder (id, kind, owner, way, said, made_at, state, trouble, died_at)
    SELECT gen_random_uuid(), kind, owner, way, $1, now() - interval '40 days', 'dead', 'x', now() - interval '31 days'
      FROM reminder_address WHERE owner = $2`;
  const storedText = (nth: number): string => JSON.stringify({ counts: { requests: nth } });
  const owner = rows[0]?.owner ?? assert.fail();
  for (const nth of [1, 2]) await database.app.query(insert, [storedText(nth), owner]);
  await administrator.query(insert, [storedText(3), owner]);
  const alter = (from: number, to: number): Promise<unknown> =>
    administrator.query('UPDATE reminder SET said = $2 WHERE said = $1', [storedText(from), storedText(to)]);
  await alter(1, 4);
  const dead = async (): Promise<readonly string[]> =>
    (
      await administrator.query<{ nth: string }>(
        `SELECT said #>> '{counts,requests}' AS nth FROM reminder WHERE state = 'dead' ORDER BY 1`,
      )
    ).rows.map(({ nth }) => nth);
  assert.equal(await runner.run('sendReminders'), 'rows_unauthenticated');
  assert.deepEqual(await dead(), ['3', '4']);
  await administrator.query('DELETE FROM reminder WHERE said = $1', [storedText(3)]);
  await alter(4, 1);
  assert.equal(await runner.run('sendReminders'), 'ok');
  assert.deepEqual(await dead(), []);
});

test('a day without a batch that the administrator recorded as reported is reported once the record is gone; others at once', async () => {
  const expect = { every: 'day', since: '2026-01-01' };
  const [first, second] = [await dataset('silent', { expect }), await dataset('silent-too', { expect })];
  await administrator.query(
    `INSERT INTO silence (dataset, due, exchange)
     SELECT $1, ((now() AT TIME ZONE 'Asia/Shanghai')::date - 1), $2`,
    [first, entry],
  );
  assert.equal(await runner.run('tellSilence'), 'rows_unauthenticated');
  assert.equal((await lastLeaf(database)).dataset, second);
  assert.deepEqual(await found(), ['row_unsealed silence']);
  await administrator.query('DELETE FROM silence WHERE dataset = $1', [first]);
  assert.equal(await runner.run('tellSilence'), 'ok');
  assert.equal((await lastLeaf(database)).dataset, first);
  assert.equal(await entriesOf('tellSilence'), 2);
});

test('a deadline that the administrator recorded as noticed is noticed once the record is gone; others at once', async () => {
  const id = await cases.dataset(rules);
  await cases.push(id, [row('n-1', 'education'), row('n-2', 'pub-security')]);
  await cases.age(id, 30 * 86_400_000);
  await administrator.query(
    `INSERT INTO case_notice (dataset, key_hash, version, transition, due_at, missed, departments, exchange)
     SELECT dataset, key_hash, version, due_transition, due_at, true, due_by, exchange FROM row_version
      WHERE dataset = $1 AND 'education' = ANY (due_by)`,
    [id],
  );
  assert.equal(await runner.run('noticeDeadlines'), 'rows_unauthenticated');
  assert.equal((await lastLeaf(database)).change?.['departments'], 'pub-security');
  const missed = async (): Promise<number> => {
    const wanted = { missed: true, department: undefined, after: undefined, limit: 10 };
    return (await noticedCases(database.app, sealerOf(hub.hub.keys.sealing), id, wanted)).length;
  };
  assert.equal(await missed(), 1, 'the list has no case that the administrator added');
  assert.deepEqual(await found(), ['row_unsealed case_notice']);
  await administrator.query(`DELETE FROM case_notice WHERE 'education' = ANY (departments)`);
  assert.equal(await runner.run('noticeDeadlines'), 'ok');
  assert.equal((await lastLeaf(database)).change?.['departments'], 'education');
  assert.equal(await missed(), 2);
});

test('a warning of the end of an agreement that the administrator recorded is given once the record is gone', async () => {
  const document = {
    ...agreementOf(await cases.dataset(rules), 'education', {}),
    id: 'agr-ending',
    valid: {
      from: '2026-01-01T00:00:00+08:00',
      until: new Date(Date.now() + 6 * 86_400_000).toISOString(),
    },
  };
  await city.apply([document], [city.education, city.ecology]);
  await administrator.query(
    `INSERT INTO agreement_warning (agreement, version, days, exchange) VALUES ('agr-ending', 1, 7, $1)`,
    [entry],
  );
  assert.equal(await runner.run('warnExpiry'), 'rows_unauthenticated');
  assert.equal(await entriesOf('warnExpiry'), 0);
  assert.deepEqual(await found(), ['row_unsealed agreement_warning']);
  await administrator.query('DELETE FROM agreement_warning');
  assert.equal(await runner.run('warnExpiry'), 'ok');
  assert.equal(await entriesOf('warnExpiry'), 1);
});

test('volumes that were raised, added or removed are not the usual volume: the rules over volumes wait, the others are applied', async () => {
  const { app } = database;
  await app.query(
    `INSERT INTO risk_volume (consumer, day, first_entry, behind_entry, rows, off_hours)
     SELECT 'education', date '2026-01-01' + n, n, n + 1, 100, 0 FROM generate_series(1, 3) AS n`,
  );
  const day = '2026-01-10';
  const usual = (await knownVolumes(app, day, 100)).before.map(({ rows }) => rows);
  assert.deepEqual(usual, [100, 100, 100]);
  const copied = 'CREATE TEMPORARY TABLE volumes AS SELECT * FROM risk_volume';
  const restored =
    'DELETE FROM risk_volume; INSERT INTO risk_volume SELECT * FROM volumes; DROP TABLE volumes';
  for (const [sql, finding] of [
    [`UPDATE risk_volume SET rows = 1000000 WHERE day = '2026-01-02'`, 'row_altered'],
    [
      `INSERT INTO risk_volume SELECT consumer, day + 5, rows * 1000, off_hours, first_entry, behind_entry FROM risk_volume LIMIT 1`,
      'row_unsealed',
    ],
    [`DELETE FROM risk_volume WHERE day = '2026-01-02'`, 'row_missing'],
  ] as const) {
    await administrator.query(copied);
    await administrator.query(sql);
    await assert.rejects(knownVolumes(app, day, 100), { code: 'rows_unauthenticated' }, sql);
    await hub.token(`someone ${finding}`, ['clerk'], 'education');
    assert.equal(await runner.run('watchLog'), 'rows_unauthenticated', sql);
    assert.deepEqual(await found(), [`${finding} risk_volume`]);
    await administrator.query(restored);
  }
  assert.equal(await runner.run('watchLog'), 'ok');
});
