/**
 * Rows that a database administrator changed are accepted or removed by two persons only. Each sees the rows, names the digest of what they
 * saw, and has a log entry.
 */
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { after, test } from 'node:test';
import pg from 'pg';
import { batchTable, datasetTable } from '../../hub/domain/rowTable/layout.ts';
import { foundOfDataset } from '../../hub/flows/foundTables.ts';
import { foundRow } from '../../hub/platform/database/authenticated/foundRows.ts';
import { connectionOf } from '../../hub/platform/database/connection.ts';
import { failureOf } from '../../hub/platform/database/failure.ts';
import { inSnapshotWithin } from '../../hub/platform/database/untilAborted.ts';
import { administratorSession } from '../administratorSession.ts';
import type { StaffAnswer } from '../hub.ts';
import { newestLeaves } from '../flows/leaves.ts';
import { guardedDatasets } from '../flows/guardedDatasets.ts';
import { people } from '../flows/householdRecords.ts';
import { cityHub } from '../cityHub.ts';
import { compareRows } from '../comparison.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const auditor = await hub.token('auditor one', ['auditor']);
const officer = await hub.token('officer two', ['security']);
const steward = await hub.token('han', ['steward'], 'pub-security');
const { dataset, sent } = guardedDatasets(hub, {
  operator: city.operator,
  steward,
  client: city.publicSecurity.client,
});

/** A session of the superuser, which bypasses the hub: triggers do not run. */
const administrator = await administratorSession(database, '-c session_replication_role=replica');
after(() => hub.stop());

interface Finding {
  readonly code: string;
  readonly about?: string;
}

/** Findings about rows after a run of both jobs, as an auditor reads them. */
async function found(): Promise<string[]> {
  await compareRows(hub);
  assert.equal(await hub.hub.runner.run('verifyDatasets'), 'ok');
  const { json } = await hub.staff(auditor, 'GET', '/v1/log/findings?limit=200');
  return (json['findings'] as Finding[])
    .flatMap(({ code, about }) => (about === undefined ? [] : [`${code} ${about}`]))
    .sort();
}

const comparisons = async (): Promise<string> =>
  (await hub.hub.services.readiness?.['comparisons']?.()) ?? assert.fail();

const show = (about: string, token = auditor): Promise<StaffAnswer> =>
  hub.staff(token, 'GET', `/v1/log/findings/rows?${new URLSearchParams({ about }).toString()}`);

async function propose(about: string, act: string, token = auditor): Promise<StaffAnswer> {
  const { status, json } = await show(about);
  assert.equal(status, 200, JSON.stringify(json));
  const body = { about, act, digest: json['digest'], reason: 'compared with the papers', case: 'AQ-2026-4' };
  return hub.staff(token, 'POST', '/v1/log/findings/restorations', body);
}

const accept = ({ json }: StaffAnswer, token = officer): Promise<StaffAnswer> =>
  hub.staff(token, 'POST', `/v1/proposals/${String(json['proposal'])}/acceptance`, {
    digest: json['digest'],
  });

/** One person proposes the act, and a second one accepts it. */
async function decide(about: string, act: string): Promise<void> {
  const proposed = await propose(about, act);
  assert.equal(proposed.status, 202, JSON.stringify(proposed.json));
  const accepted = await accept(proposed);
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
  assert.equal(await comparisons(), 'ok', 'readiness misses no finding that was accepted');
}

const purpose = 'purpose school-enrolment';

test('an altered row is restored by two persons, not by one, and the log has an entry of each', async () => {
  await administrator.query(`UPDATE purpose SET title_en = 'Enrolment' WHERE code = 'school-enrolment'`);
  assert.deepEqual(await found(), [`row_altered ${purpose}`]);
  const { json } = await show(purpose);
  assert.deepEqual(json['acts'], ['seal', 'remove']);
  assert.ok(
    (json['values'] as { column: string; value: string }[]).some(
      ({ column, value }) => column === 'title_en' && value === 'Enrolment',
    ),
    'both persons see what they accept',
  );
  const proposed = await propose(purpose, 'seal');
  assert.equal(proposed.status, 202);
  assert.deepEqual(await found(), [`row_altered ${purpose}`], 'a proposal restores nothing');
  assert.equal((await accept(proposed, auditor)).status, 403, 'an auditor may not accept');
  const accepted = await accept(proposed);
  assert.equal(accepted.status, 201, JSON.stringify(accepted.json));
  assert.equal(await comparisons(), 'ok', 'readiness misses no finding that was accepted');
  assert.deepEqual(await found(), []);
  await hub.hub.services.registry.refresh();
  assert.equal(
    hub.hub.services.registry.current.context.purposes.some(({ code }) => code === 'school-enrolment'),
    true,
    'the hub uses the row again',
  );
  assert.equal(await hub.hub.runner.run('readEntries'), 'ok');
  for (const operation of ['restoreRows', 'acceptProposal']) {
    const { json: searched } = await hub.staff(auditor, 'POST', '/v1/log/searches', { operation, limit: 5 });
    assert.ok((searched['entries'] as unknown[]).length > 0, `an entry of ${operation}`);
  }
});

/** As long as an entry of an index may be that has it, and random, so that the database does not compress it. */
const longKey = (): string => randomBytes(2_010).toString('base64');
const digestOfKey = (key: string): string =>
  `sha256:${createHash('sha256').update(key).digest('hex').slice(0, 16)}`;

test('seals, rows and datasets with a long key suppress no other finding, and two persons remove a row with one', async () => {
  const [seal, row, other] = [longKey(), longKey(), `pub-security.${longKey().slice(100)}`];
  await administrator.query(`UPDATE purpose SET title_en = 'Long' WHERE code = 'school-enrolment'`);
  await administrator.query(`INSERT INTO row_seal (table_name, key, mac) VALUES ('mandate', $1, $2)`, [
    seal,
    randomBytes(32),
  ]);
  await administrator.query(
    `INSERT INTO purpose (code, title_zh, title_en, registered_by, registered_at, author, approver)
     SELECT $1, title_zh, title_en, registered_by, registered_at, author, approver FROM purpose WHERE code = 'school-enrolment'`,
    [row],
  );
  await administrator.query(
    `INSERT INTO dataset (id, department, title_zh, title_en, schema, mode, sharing, current_batch, digest, registered_by)
     SELECT $1, department, title_zh, title_en, schema, mode, sharing, gen_random_uuid(), digest, registered_by
       FROM dataset WHERE id = 'pub-security.household'`,
    [other],
  );
  const unsealed = `purpose ${digestOfKey(row)}`;
  const moved = `current ${digestOfKey(other)}`;
  assert.deepEqual(await found(), [
    `dataset_batch_moved ${moved}`,
    `row_altered ${purpose}`,
    `row_missing mandate ${digestOfKey(seal)}`,
    `row_unsealed dataset ${digestOfKey(other)}`,
    `row_unsealed ${unsealed}`,
    'rows_rolled_back mandate',
  ]);
  assert.deepEqual((await show(moved)).json['acts'], [], 'of no batch that was published');
  await administrator.query('DELETE FROM row_seal WHERE key = $1', [seal]);
  await administrator.query('DELETE FROM dataset WHERE id = $1', [other]);
  await found();
  await decide(unsealed, 'remove');
  await decide(purpose, 'seal');
  assert.deepEqual(await found(), []);
});

test('an officer cannot accept their own proposal; another officer can', async () => {
  await administrator.query(`UPDATE purpose SET title_en = 'School' WHERE code = 'school-enrolment'`);
  const proposed = await propose(purpose, 'seal', officer);
  assert.equal(proposed.status, 202);
  const own = await accept(proposed, officer);
  assert.deepEqual([own.status, own.json['code']], [403, 'four_eyes']);
  const clerk = await hub.token('clerk', ['clerk']);
  assert.equal((await propose(purpose, 'seal', clerk)).status, 403);
  assert.equal((await show(purpose, clerk)).status, 403);
  const another = await hub.token('officer three', ['security']);
  assert.equal((await accept(proposed, another)).status, 201);
  assert.deepEqual(await found(), []);
});

test('a row that changes between the two decisions is not accepted', async () => {
  await administrator.query(`UPDATE purpose SET title_en = 'A' WHERE code = 'school-enrolment'`);
  const proposed = await propose(purpose, 'seal');
  await administrator.query(`UPDATE purpose SET title_en = 'B' WHERE code = 'school-enrolment'`);
  const { status, json } = await accept(proposed);
  assert.deepEqual([status, json['code']], [422, 'restoration_invalid']);
  assert.deepEqual(await found(), [`row_altered ${purpose}`]);
  await decide(purpose, 'seal');
  assert.deepEqual(await found(), []);
  const none = await show(purpose);
  assert.equal(none.status, 404, 'a row with a valid seal is not shown');
});

test('a row without a log entry is removed; a deleted row is accepted as deleted; a row whose seal was removed is sealed again', async () => {
  await administrator.query(
    `INSERT INTO purpose (code, title_zh, title_en, registered_by, registered_at, author, approver)
     SELECT 'forged', title_zh, title_en, registered_by, registered_at, author, approver FROM purpose WHERE code = 'school-enrolment'`,
  );
  assert.deepEqual(await found(), ['row_unsealed purpose forged']);
  await decide('purpose forged', 'remove');
  assert.deepEqual(await found(), []);
  assert.equal((await administrator.query(`SELECT FROM purpose WHERE code = 'forged'`)).rowCount, 0);

  await administrator.query(
    `INSERT INTO purpose (code, title_zh, title_en, registered_by, registered_at, author, approver)
     SELECT 'lost', title_zh, title_en, registered_by, registered_at, author, approver FROM purpose WHERE code = 'school-enrolment'`,
  );
  await decide('purpose lost', 'seal');
  assert.deepEqual(await found(), []);
  await administrator.query(`DELETE FROM purpose WHERE code = 'lost'`);
  assert.deepEqual(await found(), ['row_missing purpose lost']);
  assert.deepEqual((await show('purpose lost')).json['acts'], ['remove']);
  await decide('purpose lost', 'remove');
  assert.deepEqual(await found(), []);

  await administrator.query(`DELETE FROM row_seal WHERE table_name = 'purpose' AND key = 'school-enrolment'`);
  assert.deepEqual(await found(), [`row_unsealed ${purpose}`, 'rows_rolled_back purpose']);
  await decide('purpose', 'seal');
  await decide(purpose, 'seal');
  assert.deepEqual(await found(), []);
});

test('a row that was inserted again with its old seal is accepted with its table; both persons see both row counts', async () => {
  const insert = `INSERT INTO purpose (code, title_zh, title_en, registered_by, registered_at, author, approver)
     SELECT 'former', title_zh, title_en, registered_by, registered_at, author, approver FROM purpose WHERE code = 'school-enrolment'`;
  await database.owner.query(insert);
  await administrator.query(
    `CREATE TEMP TABLE former_seal AS SELECT * FROM row_seal WHERE table_name = 'purpose' AND key = 'former'`,
  );
  await database.owner.query(`DELETE FROM purpose WHERE code = 'former'`);
  assert.deepEqual(await found(), []);
  await administrator.query(`${insert}; INSERT INTO row_seal SELECT * FROM former_seal`);
  assert.deepEqual(await found(), ['rows_rolled_back purpose']);
  const { rows, storedRows } = (await show('purpose')).json;
  assert.equal(Number(rows), Number(storedRows) + 1);
  await decide('purpose', 'seal');
  const entries = await newestLeaves(database, 20);
  assert.ok(
    entries.some(({ change }) => change?.['rows'] === rows && change?.['storedRows'] === storedRows),
    'the entry has both row counts',
  );
  assert.deepEqual(await found(), [], 'the row is valid');
  await database.owner.query(`DELETE FROM purpose WHERE code = 'former'`);
  assert.deepEqual(await found(), []);
});

test('a row whose deletion a foreign trigger prevents is not removed, and gets no seal', async () => {
  await administrator.query(
    `INSERT INTO purpose (code, title_zh, title_en, registered_by, registered_at, author, approver)
     SELECT 'kept', title_zh, title_en, registered_by, registered_at, author, approver FROM purpose WHERE code = 'school-enrolment'`,
  );
  assert.deepEqual(await found(), ['row_unsealed purpose kept']);
  const proposed = await propose('purpose kept', 'remove');
  await administrator.query(`CREATE FUNCTION public.keep_it() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RETURN NULL; END $$`);
  await administrator.query(
    'CREATE TRIGGER keeps BEFORE DELETE ON purpose FOR EACH ROW EXECUTE FUNCTION public.keep_it()',
  );
  const refused = await accept(proposed);
  await administrator.query('DROP FUNCTION public.keep_it() CASCADE');
  assert.deepEqual([refused.status, refused.json['code']], [503, 'rows_unauthenticated']);
  assert.deepEqual(await found(), ['row_unsealed purpose kept']);
  assert.equal((await accept(proposed)).status, 201);
  assert.deepEqual(await found(), []);
});

test('the function that removes a found row removes nothing from a table without seals', async () => {
  await administrator.query(
    `INSERT INTO log_finding (code, found_at, pass, finding, exchange, about)
     VALUES ('row_altered', now(), 0, '{}', gen_random_uuid(), 'log_finding 1')`,
  );
  for (const table of ['log_finding', 'leaf', 'pg_class'])
    await assert.rejects(
      database.app.query('SELECT remove_found_row($1, $2::text[], $3)', [table, ['code'], 'row_altered']),
      new RegExp(`no row of ${table} was found`),
    );
  await administrator.query(`DELETE FROM log_finding WHERE about = 'log_finding 1'`);
});

test('a row of a table without a valid sum is accepted after the table; secrets and hashes are not shown', async () => {
  await administrator.query(`UPDATE row_sum SET count = count + 1 WHERE table_name = 'credential'`);
  await administrator.query(
    `UPDATE credential SET label = 'x' WHERE id = (SELECT min(id) FROM credential WHERE person = (SELECT id FROM person WHERE name = 'clerk'))`,
  );
  const [row = ''] = (await found()).filter((one) => one.startsWith('row_altered credential'));
  const about = row.slice('row_altered '.length);
  const { values } = (await show(about)).json as { values: { column: string; value: string }[] };
  assert.match(values.find(({ column }) => column === 'hash')?.value ?? '', /^sha256:[0-9a-f]{64}$/);
  const proposed = await propose(about, 'seal');
  const early = await accept(proposed);
  assert.deepEqual([early.status, early.json['code']], [503, 'rows_unauthenticated']);
  await decide('credential', 'seal');
  assert.equal((await accept(proposed)).status, 201);
  assert.deepEqual(await found(), []);
});

test('tables of datasets: altered rows, a former batch made current and a dropped table are accepted; verification on demand finds them', async () => {
  const id = await dataset('merged', {}, 'upsert');
  const { batch } = await sent(id, people(20, 3));
  const schema = hub.hub.services.registry.current.datasets.get(id)?.schema ?? assert.fail();
  const mergedTable = datasetTable(id, schema).replaceAll('"', '');
  const verify = async (): Promise<string[]> => {
    const { status, json } = await hub.staff(auditor, 'POST', `/v1/datasets/${id}/verification`);
    assert.equal(status, 200, JSON.stringify(json));
    assert.equal(json['whole'], true);
    return (json['findings'] as Finding[]).map(({ code, about }) => `${code} ${about ?? ''}`);
  };
  assert.deepEqual(await verify(), []);
  await administrator.query(
    `UPDATE ${mergedTable} SET f_address = 'x' WHERE ctid = (SELECT min(ctid) FROM ${mergedTable})`,
  );
  assert.deepEqual(
    await verify(),
    [`dataset_rows_altered ${mergedTable}`],
    'on demand, before the job has run',
  );
  assert.deepEqual(await found(), [`dataset_rows_altered ${mergedTable}`]);
  assert.equal((await show(mergedTable)).json['rows'], 20);
  await decide(mergedTable, 'seal');
  assert.deepEqual(await found(), []);
  await sent(id, people(5, 4));
  assert.deepEqual(await found(), [], 'the hub merges into it again');

  const other = await dataset('replaced');
  const before = await sent(other, people(20, 5));
  await sent(other, people(20, 6));
  await administrator.query(`UPDATE dataset SET current_batch = '${before.batch}' WHERE id = '${other}'`);
  assert.deepEqual(await found(), [`dataset_batch_moved current ${other}`]);
  assert.equal((await show(`current ${other}`)).json['batch'], before.batch, 'both persons see which one');
  await decide(`current ${other}`, 'seal');
  assert.deepEqual(await found(), []);
  const entries = await newestLeaves(database, 20);
  assert.ok(
    entries.some(({ change }) => change?.['act'] === 'seal' && change['batch'] === before.batch),
    'the entry names it',
  );
  const refused = await sent(other, people(20, 8), {}, ['nothing']);
  assert.notEqual(refused.state, 'published');
  for (const [batch, why] of [
    [(await sent(id, people(5, 7))).batch, 'of another dataset'],
    [refused.batch, 'that was never published'],
  ] as const) {
    await administrator.query(`UPDATE dataset SET current_batch = '${batch}' WHERE id = '${other}'`);
    assert.deepEqual(await found(), [`dataset_batch_moved current ${other}`]);
    assert.deepEqual((await show(`current ${other}`)).json['acts'], [], `no batch ${why}`);
    const { status, json } = await propose(`current ${other}`, 'seal');
    assert.deepEqual([status, json['code']], [422, 'restoration_invalid']);
  }
  await administrator.query(`UPDATE dataset SET current_batch = '${before.batch}' WHERE id = '${other}'`);
  assert.deepEqual(await found(), []);

  const table = batchTable(before.batch).replaceAll('"', '');
  await administrator.query(`UPDATE ${table} SET f_address = 'y' WHERE _row = 2`);
  await decide(table, 'seal');
  assert.deepEqual(await found(), []);
  await administrator.query(`ALTER TABLE ${table} ADD f_more text DEFAULT 'x'`);
  assert.deepEqual((await show(table)).json['acts'], [], 'an added column is not accepted');
  await administrator.query(`DROP TABLE ${table}`);
  assert.deepEqual(await found(), [`dataset_rows_gone ${table}`]);
  await decide(table, 'remove');
  assert.deepEqual(await found(), []);
  assert.ok(batch.length > 0);
});

test('verifications on demand are limited: of many at once some are refused', async () => {
  const officers = await Promise.all(
    Array.from({ length: 8 }, (_, nth) => hub.token(`auditor ${nth}`, ['auditor'])),
  );
  let end: () => void = () => undefined;
  const long = hub.hub.services.verifications.of('long')(
    () => new Promise<void>((resolve) => (end = resolve)),
  );
  const answers = officers.map((token) =>
    hub.staff(token, 'POST', '/v1/datasets/pub-security.household/verification'),
  );
  const refused = await Promise.race(answers);
  assert.deepEqual([refused.status, refused.json['code']], [429, 'verifications_busy']);
  end();
  await long;
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  assert.ok(statuses.includes(200), 'requests that waited are answered');
});

test('the verification of a locked table ends at its time limit, in any statement', async () => {
  const table = batchTable((await sent(await dataset('large'), people(5, 9))).batch);
  const locker = await database.owner.connect();
  try {
    await locker.query('BEGIN');
    await locker.query(`LOCK TABLE purpose, ${table} IN ACCESS EXCLUSIVE MODE`);
    const about = table.replaceAll('"', '');
    const slow = new pg.Pool({ ...connectionOf(database.address), max: 1 });
    try {
      const isDeadline = (error: unknown) => failureOf(error) === 'deadline';
      for (const verify of [
        () => foundRow(database.owner, purpose, 300),
        () => foundOfDataset(database, about, 300),
        // a statement without a time limit, as that which reads rows
        () =>
          inSnapshotWithin(slow, 300, async (snapshot) => {
            await snapshot.query('SET LOCAL statement_timeout = 0');
            await snapshot.query('SELECT pg_sleep(60)');
          }),
      ]) {
        const begun = performance.now();
        await assert.rejects(verify(), isDeadline);
        assert.ok(performance.now() - begun < 10_000);
      }
      const { rows } = await slow.query<{ one: number }>('SELECT 1 AS one');
      assert.equal(rows[0]?.one, 1, 'a late cancellation does not cancel a later statement');
    } finally {
      await slow.end();
    }
  } finally {
    await locker.query('ROLLBACK');
    locker.release();
  }
});
