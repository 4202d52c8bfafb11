/**
 * A database administrator suppresses what the jobs find: they write a finding before the job does, put back one that had ended, delete it
 * afterwards, and put back the former record of the job.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { lastLeaf } from '../flows/leaves.ts';
import { openDatabase } from '../../hub/platform/database/database.ts';
import { testHub } from '../hub.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { compareRows } from '../comparison.ts';
import { recordOf } from '../../hub/log/evidence/reverifyPortion.ts';
import { sealingOf } from '../../hub/platform/database/authenticated/rowSealing.ts';
import { PassMemory } from '../../hub/platform/database/authenticated/passRecord.ts';

const { database, hub } = await cityHub({ jobsByTime: false });
const administrator = await administratorSession(database, '-c session_replication_role=replica');
after(() => hub.stop());
const auditor = await hub.token('auditor', ['auditor']);

async function checks(): Promise<Record<string, string>> {
  const reply = await fetch(`${hub.hub.origins.admin}/readyz`);
  return ((await reply.json()) as { checks: Record<string, string> }).checks;
}

async function run(job: string): Promise<void> {
  assert.equal(await hub.hub.runner.run(job), 'ok');
}

const stateOf = async (job: string): Promise<unknown> =>
  (await administrator.query<{ state: unknown }>('SELECT state FROM job WHERE name = $1', [job])).rows[0]
    ?.state;
const putBack = (job: string, state: unknown): Promise<unknown> =>
  administrator.query('UPDATE job SET state = $2 WHERE name = $1', [job, JSON.stringify(state)]);

interface Listed {
  readonly code: string;
  readonly about?: string;
  readonly message: { readonly en: string };
}
async function listed(): Promise<readonly Listed[]> {
  const found: Listed[] = [];
  for (let cursor = ''; ;) {
    const { status, json } = await hub.staff(auditor, 'GET', `/v1/log/findings?limit=2${cursor}`);
    assert.equal(status, 200);
    found.push(...(json['findings'] as Listed[]));
    if (typeof json['nextCursor'] !== 'string') return found;
    cursor = `&cursor=${json['nextCursor']}`;
  }
}

const alter = (title: string): Promise<unknown> =>
  administrator.query(`UPDATE purpose SET title_en = $1 WHERE code = 'school-enrolment'`, [title]);
const title = (
  await administrator.query<{ title: string }>(
    `SELECT title_en AS title FROM purpose WHERE code = 'school-enrolment'`,
  )
).rows[0]?.title;
const isAbout = `about = 'purpose school-enrolment'`;
const reported = { findings: 1, first: 'row_altered', table: 'purpose' };

test('a finding that is written beforehand suppresses no entry, and readiness reports that it was deleted', async () => {
  await run('verifyRows');
  const clean = await stateOf('verifyRows');
  await alter('Anything');
  await administrator.query(
    `INSERT INTO log_finding (code, index, found_at, pass, finding, exchange, about)
     VALUES ('row_altered', NULL, now() - interval '1 day', 0, '{"code": "row_altered"}', gen_random_uuid(), 'purpose school-enrolment')`,
  );
  await run('verifyRows');
  assert.deepEqual((await lastLeaf(database)).change, reported);
  assert.deepEqual(
    (await listed()).map(({ code, about }) => [code, about]),
    [['row_altered', 'purpose school-enrolment']],
  );
  await administrator.query(`DELETE FROM log_finding WHERE ${isAbout}`);
  await putBack('verifyRows', clean);
  const { log_findings: stored, comparisons } = await checks();
  assert.equal(stored, 'ok');
  assert.match(comparisons ?? '', /^degraded: the last comparison had 1 findings/);
  await run('verifyRows');
  assert.deepEqual((await lastLeaf(database)).change, reported, 'it is a finding again, with an entry');
});

test('a finding that had ended and is put back suppresses no entry', async () => {
  await administrator.query(`CREATE TEMPORARY TABLE former AS SELECT * FROM log_finding WHERE ${isAbout}`);
  await alter(title ?? assert.fail());
  await run('verifyRows');
  assert.deepEqual((await lastLeaf(database)).change, { mended: 1 });
  await administrator.query('INSERT INTO log_finding OVERRIDING SYSTEM VALUE SELECT * FROM former');
  await alter('Anything');
  await run('verifyRows');
  assert.deepEqual((await lastLeaf(database)).change, reported);
  await alter(title ?? assert.fail());
  await run('verifyRows');
  assert.deepEqual(await listed(), []);
});

test('a finding that the hub did not write is a finding, whatever its form, and all lists are shown', async () => {
  for (const [code, index, at, finding] of [
    ['row_altered', null, 'now()', '{}'],
    ['root_mismatch', null, 'now()', '{"code": "root_mismatch"}'],
    ['row_missing', null, `'infinity'`, '"x"'],
    ['row_missing', 1, `'250000-01-01'`, 'null'],
    ['row_missing', 2, 'now()', '{"mac": 1.5, "message": 0.1}'],
    ['row_missing', 3, 'now()', '{"mac": "AAAA", "message": 0.1}'],
    ['a~b', 4, 'now()', '[]'],
    ['row_missing', '9223372036854775807', 'now()', '[]'],
  ])
    await administrator.query(
      `INSERT INTO log_finding (code, index, found_at, pass, finding, exchange, about)
       VALUES ('${code}', $1, ${at}, 0, $2, gen_random_uuid(), 'purpose ' || repeat('x', 500))`,
      [index, finding],
    );
  const found = await listed();
  assert.deepEqual(new Set(found.map(({ code }) => code)), new Set(['finding_forged', 'finding_unsealed']));
  assert.equal(found.length, 6, 'those that a cursor cannot name are not listed');
  for (const { about, message } of found)
    assert.match(message.en, new RegExp(`(?:was not written by the hub|has no MAC): ${about}`));
  const ready = await checks();
  assert.equal(ready['log_findings'], 'degraded: 8 findings, first finding_forged');
  await run('verifyRows');
  const { change } = await lastLeaf(database);
  assert.deepEqual(change, { findings: 8, first: 'finding_forged', table: 'log_finding' });
  await run('verifyRows');
  assert.equal((await hub.staff(auditor, 'GET', '/v1/log/state')).status, 200);
  await administrator.query('DELETE FROM log_finding');
  await run('verifyRows');
  assert.equal((await checks())['log_findings'], 'ok');
});

test('a record of the re-verification that is put back makes no pass leave out entries, and no number begin anew', async () => {
  await run('reverifyLog');
  const old = await stateOf('reverifyLog');
  await run('reverifyLog');
  const { verification } = (await hub.staff(auditor, 'GET', '/v1/log/state')).json as {
    verification: { pass: number; of: number };
  };
  const key = sealingOf(database.app)?.digests?.key ?? assert.fail();
  // a position near the end of an earlier pass, with a valid MAC
  const position = recordOf(
    {
      number: verification.pass,
      goal: { size: 1_000_000, root: new Uint8Array(32) },
      tree: undefined,
      next: 999_999,
    },
    { at: database.now() - 60_000, findings: 0 },
  );
  for (const state of [old, null, new PassMemory<typeof position>('reverifyLog').record(position, key)]) {
    const { rows } = await administrator.query<{ idx: string }>(
      'SELECT max(idx) AS idx FROM audit_entry WHERE consumer IS NULL',
    );
    const index = Number(rows[0]?.idx);
    await administrator.query(`UPDATE audit_entry SET consumer = 'nobody' WHERE idx = $1`, [index]);
    await putBack('reverifyLog', state);
    await run('reverifyLog');
    assert.match((await checks())['log_findings'] ?? '', new RegExp(`columns_altered at entry ${index}$`));
    await administrator.query('UPDATE audit_entry SET consumer = NULL WHERE idx = $1', [index]);
    await run('reverifyLog');
    assert.equal((await checks())['log_findings'], 'ok');
  }
  const after = (await hub.staff(auditor, 'GET', '/v1/log/state')).json as {
    verification: { pass: number };
  };
  assert.equal(after.verification.pass, verification.pass + 6);
});

test('one row that the hub did not write has one entry, also after a restart, and another one when it is altered', async () => {
  const insert = (about: string): Promise<unknown> =>
    administrator.query(
      `INSERT INTO log_finding (code, index, found_at, pass, finding, exchange, about)
       VALUES ('row_altered', NULL, now(), 0, '{"mac": "AAAA"}', gen_random_uuid(), $1)`,
      [about],
    );
  const entry = async (): Promise<string> => (await lastLeaf(database)).id;
  await insert('purpose x');
  await compareRows(hub);
  assert.equal((await lastLeaf(database)).change?.['first'], 'finding_forged');
  // another process, which remembers nothing
  const own = await openDatabase(database.address, { connections: 5, durable: false });
  const other = await testHub({ database: own, keysDir: hub.hub.config.keysDir, jobsByTime: false });
  try {
    const before = await entry();
    await compareRows(other);
    assert.equal(await entry(), before);
    await administrator.query(`UPDATE log_finding SET about = 'purpose y' WHERE about = 'purpose x'`);
    await compareRows(other);
    const altered = await lastLeaf(database);
    assert.deepEqual(altered.change, { findings: 1, first: 'finding_forged', table: 'log_finding' });
    assert.notEqual(altered.id, before);
    await compareRows(hub);
    assert.equal(await entry(), altered.id, 'the first process knows it from the other one');
  } finally {
    await other.stop();
    await own.close();
  }
  await administrator.query('DELETE FROM log_finding');
  await compareRows(hub);
});

test('more rows that the hub did not write than its record names have one entry, also after a restart', async () => {
  const insert = (times: number): Promise<unknown> =>
    administrator.query(
      `INSERT INTO log_finding (code, index, found_at, pass, finding, exchange, about)
       SELECT 'row_altered', NULL, now(), 0, '{"mac": "AAAA"}', gen_random_uuid(), gen_random_uuid()::text FROM generate_series(1, $1)`,
      [times],
    );
  await insert(1_100);
  await compareRows(hub);
  const { id, change } = await lastLeaf(database);
  assert.equal(change?.['findings'], 1_100);
  const own = await openDatabase(database.address, { connections: 5, durable: false });
  const other = await testHub({ database: own, keysDir: hub.hub.config.keysDir, jobsByTime: false });
  try {
    await compareRows(other);
    assert.equal((await lastLeaf(database)).id, id);
    await insert(1);
    await compareRows(other);
    assert.equal((await lastLeaf(database)).change?.['findings'], 1);
  } finally {
    await other.stop();
    await own.close();
  }
  await administrator.query('DELETE FROM log_finding');
  await compareRows(hub);
});
