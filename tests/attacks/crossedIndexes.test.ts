/**
 * A superuser can have the entry of an index lead to another row, or to none, while each row and its seal stay as they are: PostgreSQL does
 * not compare the key of a row that a B-tree leads to.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, test } from 'node:test';
import { personService, setPersonService } from '../../hub/features/subjects/store/personServices.ts';
import { delayedDepartments } from '../../hub/features/subjects/store/viewDelays.ts';
import {
  certificateBySerial,
  revokeCertificates,
  tlsKeyRefused,
} from '../../hub/identity/store/certificates.ts';
import { insertSigningKey } from '../../hub/identity/store/signingKeys.ts';
import { insertRoleGrant } from '../../hub/identity/store/persons.ts';
import { enrolmentCodeByHash } from '../../hub/identity/store/enrolmentCodes.ts';
import { insertReminder } from '../../hub/features/reminders/store/reminders.ts';
import { alteredIndexes } from '../../hub/platform/database/authenticated/alteredIndexes.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import { eventually } from '../eventually.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { compareRows } from '../comparison.ts';
import { hideRows, setMaintained } from './hideRows.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
const administrator = await administratorSession(database);
after(() => hub.stop());
const entry = '01890000-0000-7000-8000-000000000000';

interface Crossed {
  readonly table: string;
  readonly column: string;
  /** all that have the column */
  readonly indexes: readonly string[];
  /** values of the column: an index leads from the first to the row of the second, and from the second to none */
  readonly values: readonly [first: string, second: string];
  /** a value that no row has */
  readonly other?: string;
}

/** Crosses an index, and has the server use it although the table is small. */
async function cross({
  table,
  column,
  indexes,
  values: [first, second],
  other = 'x',
}: Crossed): Promise<void> {
  const move = (from: string, to: string): string =>
    `UPDATE ${table} SET ${column} = '${to}' WHERE ${column} = '${from}'`;
  for (const statement of [
    'BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL allow_system_table_mods = on',
    move(first, other),
    move(second, first),
    setMaintained(indexes, false),
    `UPDATE pg_class SET relname = relname WHERE oid = '${table}'::regclass`,
    move(first, second),
    move(other, first),
    setMaintained(indexes, true),
    `UPDATE pg_class SET reltuples = 1e6, relpages = 1 WHERE oid = '${table}'::regclass`,
    'COMMIT',
  ])
    await administrator.query(statement);
  await administrator.query('SET enable_seqscan = off');
  const found = async (value: string): Promise<readonly string[]> =>
    (
      await administrator.query<{ value: string }>(
        // with the place of the row, which no index has
        `SELECT ${column}::text AS value, ctid FROM ${table} WHERE ${column} = $1`,
        [value],
      )
    ).rows.map((row) => row.value);
  assert.deepEqual([await found(first), await found(second)], [[second], []], 'the index is crossed');
}

/** Indexes that the job `verifyRows` found. */
async function found(): Promise<readonly string[]> {
  await compareRows(hub);
  const { rows } = await administrator.query<{ about: string }>(
    `SELECT about FROM log_finding WHERE about <> '' ORDER BY about`,
  );
  return rows.map(({ about }) => about);
}

/** Asserts that the job finds the indexes, and that the findings end when these are made anew. */
async function areFound(indexes: readonly string[]): Promise<void> {
  assert.deepEqual(
    await found(),
    indexes.map((index) => `catalogue entries of index ${index}`),
  );
  for (const index of indexes) await administrator.query(`REINDEX INDEX ${index}`);
  assert.deepEqual(await found(), []);
}

test('the code of one department gives no row of another one, where the index of codes is crossed', async () => {
  for (const department of ['education', 'ecology'])
    assert.equal(
      (await hub.staff(city.operator, 'POST', `/v1/departments/${department}/enrolment-codes`, {})).status,
      201,
    );
  const { rows } = await administrator.query<{ hash: string; department: string }>(
    'SELECT hash, department FROM enrolment_code WHERE used_at IS NULL ORDER BY department DESC',
  );
  const [first = assert.fail(), second = assert.fail()] = rows;
  assert.equal((await enrolmentCodeByHash(database.app, first.hash))?.department, first.department);
  const indexes = ['enrolment_code_pkey'];
  await cross({ table: 'enrolment_code', column: 'hash', indexes, values: [first.hash, second.hash] });
  assert.equal(await enrolmentCodeByHash(database.app, first.hash), undefined);
  await areFound(indexes);
  assert.equal((await enrolmentCodeByHash(database.app, first.hash))?.department, first.department);
});

test('an appointment of one department is neither read nor written as that of another one', async () => {
  const appoint = (department: string, appointed: boolean): Promise<void> =>
    setPersonService(database.owner, { department, appointed, author: 'a', approver: 'b', exchange: entry });
  await appoint('education', true);
  await appoint('ecology', false);
  const indexes = ['person_service_pkey'];
  await cross({ table: 'person_service', column: 'department', indexes, values: ['ecology', 'education'] });
  assert.equal(await personService(database.app, 'ecology'), undefined);
  await assert.rejects(appoint('ecology', false), { code: '22012' });
  await areFound(indexes);
  assert.deepEqual(
    [await personService(database.app, 'ecology'), await personService(database.app, 'education')],
    [false, true],
  );
});

test('a certificate is neither found nor revoked by the number of another one', async () => {
  const { rows } = await administrator.query<{ serial: string }>(
    'SELECT serial FROM certificate ORDER BY serial LIMIT 2',
  );
  const [first = assert.fail(), second = assert.fail()] = rows.map(({ serial }) => serial);
  const indexes = ['certificate_newest', 'certificate_pkey'];
  await cross({ table: 'certificate', column: 'serial', indexes, values: [first, second] });
  assert.equal(await certificateBySerial(database.app, first), undefined);
  for (const line of [false, true]) {
    const revocation = revokeCertificates(database.owner, {
      serial: first,
      line,
      reason: 'unspecified',
      at: hub.hub.database.now(),
      exchange: randomUUID(),
    });
    await assert.rejects(revocation, { code: 'rows_unauthenticated' }, `line ${line}`);
  }
  await areFound(indexes);
  assert.equal((await certificateBySerial(database.app, second))?.revokedAt, null);
});

test('a TLS key of another department, and a delay, count where an index hides their row', async () => {
  const { rows } = await administrator.query<{ key: string; department: string }>(
    'SELECT DISTINCT public_key AS key, department FROM certificate ORDER BY 1 LIMIT 2',
  );
  const [first = assert.fail(), second = assert.fail()] = rows;
  const keys = ['certificate_public_key'];
  await cross({ table: 'certificate', column: 'public_key', indexes: keys, values: [first.key, second.key] });
  assert.equal(await tlsKeyRefused(database.app, second.key, 'another'), true);
  assert.equal(await tlsKeyRefused(database.app, second.key, second.department), false);
  await areFound(keys);

  const subjects = ['11', '22'].map((byte) => Buffer.from(byte.repeat(32), 'hex'));
  for (const [nth, subject] of subjects.entries())
    await database.owner.query(
      `INSERT INTO view_delay (id, subject, department, reference, clause, until, digest, author, approver, exchange)
       VALUES ($1, $2, 'education', 'r', 'c', now() + interval '1 day', 'd', 'a', 'b', $3)`,
      [`delay-${nth}`, subject, entry],
    );
  const [, hidden = assert.fail()] = subjects;
  const texts = subjects.map((subject) => `\\x${subject.toString('hex')}`);
  const [one = assert.fail(), two = assert.fail()] = texts;
  const delays = ['view_delay_subject'];
  await cross({
    table: 'view_delay',
    column: 'subject',
    indexes: delays,
    values: [one, two],
    other: '\\x33',
  });
  assert.deepEqual(
    [...(await delayedDepartments(database.app, hidden, hub.hub.database.now()))],
    ['education'],
  );
  await areFound(delays);
});

test('a row that an index leads to no more is found, also one without a value in a column of the index', async () => {
  for (const hiding of [
    { table: 'certificate', index: 'certificate_pkey', where: `ctid = (SELECT min(ctid) FROM certificate)` },
    {
      table: 'role_grant',
      index: 'role_grant_person_role_department_key',
      where: `ctid = (SELECT min(ctid) FROM role_grant WHERE department IS NULL)`,
    },
  ]) {
    await hideRows(administrator, hiding);
    await areFound([hiding.index]);
  }
});

test('a new row that an index takes for there fails the act, and one that is there does not', async () => {
  for (const name of ['liu', 'chen']) await hub.token(name, ['clerk'], 'ecology');
  const { rows } = await administrator.query<{ person: string }>(
    `SELECT person FROM role_grant WHERE role = 'clerk' AND department = 'ecology' ORDER BY person LIMIT 2`,
  );
  const [first = assert.fail(), second = assert.fail()] = rows.map(({ person }) => person);
  const grant = () =>
    insertRoleGrant(
      database.owner,
      { person: first, role: 'clerk', department: 'ecology', grantedBy: 'a', confirmedBy: null },
      entry,
    );
  assert.equal(await grant(), 'held');
  const indexes = ['role_grant_person_role_department_key'];
  await cross({ table: 'role_grant', column: 'person', indexes, values: [first, second] });
  await administrator.query(
    `BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL enable_seqscan = on; SET LOCAL enable_indexscan = off;
     SET LOCAL enable_bitmapscan = off; DELETE FROM role_grant WHERE person = '${first}'; COMMIT`,
  );
  await assert.rejects(grant(), { code: 'rows_unauthenticated' });
  await administrator.query(`REINDEX INDEX ${indexes.join()}`);
});

test('a further signing key waits, also where each index hides the first one and the server prefers indexes', async () => {
  const { rows } = await administrator.query<{ keyid: string; department: string }>(
    'SELECT keyid, department FROM signing_key ORDER BY keyid LIMIT 1',
  );
  const [{ keyid, department } = assert.fail()] = rows;
  const { rows: indexes } = await administrator.query<{ name: string }>(
    `SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indrelid = 'signing_key'::regclass`,
  );
  for (const { name: index } of indexes)
    await hideRows(administrator, { table: 'signing_key', index, where: `department = '${department}'` });
  await administrator.query(`UPDATE pg_class SET relallvisible = 1 WHERE oid = 'signing_key'::regclass`);
  const { rows: persons } = await administrator.query<{ id: string }>('SELECT id FROM person LIMIT 1');
  const client = await database.owner.connect();
  try {
    await client.query('BEGIN; SET LOCAL enable_seqscan = off');
    assert.equal(
      await insertSigningKey(
        client,
        {
          keyid: `${keyid}x`,
          department,
          alg: 'ed25519',
          publicKey: 'a key',
          notBefore: 0,
          issuer: persons[0]?.id ?? assert.fail(),
        },
        entry,
      ),
      true,
    );
    const { rows: inserted } = await client.query(
      `SELECT first, state FROM signing_key WHERE keyid = '${keyid}x'`,
    );
    assert.deepEqual(inserted, [{ first: false, state: 'waiting' }]);
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
});

test('several new rows, of which an index takes one for there: the act fails', async () => {
  const place = { kind: 'person', owner: 'wang', way: 'mail' } as const;
  await administrator.query(
    `INSERT INTO reminder_address (kind, owner, way, sealed, set_by, set_at, exchange)
     SELECT 'person', 'wang', 'mail', '', min(id), now(), '${entry}' FROM person`,
  );
  const [first, second, third, other] = ['1', '2', '3', '4'].map((digit) => digit.repeat(64)) as [
    string,
    string,
    string,
    string,
  ];
  const remind = (items: readonly string[]) =>
    withTransaction(database.app, (transaction) =>
      insertReminder(transaction, { ...place, id: randomUUID(), said: { counts: {} }, at: 0 }, items),
    );
  assert.equal(await remind([first, second]), true);
  assert.equal(await remind([second]), false);
  await cross({
    table: 'reminder_told',
    column: 'thing',
    indexes: ['reminder_told_pkey'],
    values: [first, second],
    other,
  });
  await administrator.query(
    `BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off;
     DELETE FROM reminder_told WHERE thing = '${first}'; COMMIT`,
  );
  await assert.rejects(remind([first, third]), { code: 'rows_unauthenticated' });
  await administrator.query('REINDEX INDEX reminder_told_pkey');
});

test('a list that an index of lists leads to no more is found', async () => {
  await administrator.query(
    `INSERT INTO risk (id, rule, day, key, departments, count, "limit", entries, found_at, due, exchange)
     SELECT gen_random_uuid(), 'bulk', '2026-01-01', 'k' || n, ARRAY['ecology', 'education'], 1, 1, '{1}', now(), '2026-01-09', $1
       FROM generate_series(1, 3) AS n`,
    [entry],
  );
  await hideRows(administrator, { table: 'risk', index: 'risk_departments', where: `key = 'k2'` });
  assert.ok((await found()).includes('catalogue entries of index risk_departments'));
  await administrator.query('REINDEX INDEX risk_departments');
  assert.ok(!(await found()).includes('catalogue entries of index risk_departments'));
});

test('an index that is marked as too new for each comparison is named after ten minutes', async () => {
  const older = await administratorSession(database);
  await older.query('BEGIN; SELECT pg_current_xact_id()');
  const set = (value: boolean): Promise<unknown> =>
    administrator.query(
      `UPDATE pg_index SET indcheckxmin = ${String(value)} WHERE indexrelid = 'purpose_pkey'::regclass`,
    );
  const begun = database.now();
  // an index of another test is crossed
  const isNamed = async (minutes: number): Promise<boolean> =>
    (await alteredIndexes(database.owner, begun + minutes * 60_000)).includes('purpose_pkey');
  await set(true);
  assert.equal(await isNamed(0), false);
  assert.equal(await isNamed(9), false);
  assert.equal(await isNamed(11), true);
  await older.query('ROLLBACK');
  // transactions in other databases of the server count too
  await eventually(
    async () => !(await isNamed(12)),
    () => 'it is named although no transaction is older',
  );
  await set(false);
});
