/**
 * A database administrator has a session of the hub run their code: its changes would be reported as the hub's own, and sealed. And they
 * postpone, hide or forge what the comparisons of the database report.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { jobChecks } from '../../hub/features/health/jobChecks.ts';
import {
  openPassRecord,
  PassMemory,
  type Pass,
  type Recorded,
} from '../../hub/platform/database/authenticated/passRecord.ts';
import { readSums } from '../../hub/platform/database/authenticated/sealStore.ts';
import { recordName, writeServerRecord } from '../../hub/platform/database/authenticated/serverCatalogue.ts';
import { sealingOf } from '../../hub/platform/database/authenticated/rowSealing.ts';
import type { Summed } from '../../hub/platform/database/authenticated/seals.ts';
import { serverDigests } from '../../hub/platform/database/authenticated/serverDigests.ts';
import { writeBatchDigest } from '../../hub/flows/rows/store/rowDigests.ts';
import { inSnapshot, withTransaction } from '../../hub/platform/database/transaction.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { carrierTests, evilIn, foundBy, type Carrier } from './carriers.ts';

const { database, hub, city } = await cityHub({ jobsByTime: false });
await city.publicSecurity.client.sendFile('pub-security.household', householdFile(1500, 11).bytes, {
  mapping: 'household',
});

/** A session past the hub, of a superuser. */
const administrator = await administratorSession(database);
after(() => hub.stop());

const found = (): Promise<string[]> => foundBy(hub, administrator);

const evil = evilIn('public');

/** Ways by which a statement of the hub runs that code, and how each is removed. */
const carriers: readonly Carrier[] = [
  [
    'a view in place of a table',
    [
      evil,
      'ALTER TABLE public.job RENAME TO job_apart',
      'CREATE VIEW public.job AS SELECT * FROM job_apart WHERE evil()',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON public.job TO datong_app',
    ],
    ['DROP VIEW public.job', 'ALTER TABLE public.job_apart RENAME TO job', 'DROP FUNCTION evil()'],
  ],
  [
    'a view in place of a table that is a member of an extension',
    [
      evilIn('other'),
      'ALTER TABLE public.job RENAME TO job_apart',
      'CREATE VIEW public.job AS SELECT * FROM job_apart WHERE other.evil()',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON public.job TO datong_app',
      'GRANT USAGE ON SCHEMA other TO datong_app',
      'ALTER EXTENSION plpgsql ADD VIEW public.job',
      'ALTER EXTENSION plpgsql ADD FUNCTION other.evil()',
    ],
    [
      'ALTER EXTENSION plpgsql DROP VIEW public.job',
      'ALTER EXTENSION plpgsql DROP FUNCTION other.evil()',
      'DROP VIEW public.job',
      'ALTER TABLE public.job_apart RENAME TO job',
      'DROP FUNCTION other.evil()',
    ],
  ],
  [
    'a function with the name of one of the server and other types',
    [
      evil,
      `CREATE FUNCTION public.to_timestamp(numeric) RETURNS timestamptz LANGUAGE plpgsql AS $$
       BEGIN PERFORM evil(); RETURN pg_catalog.to_timestamp($1::double precision); END $$`,
    ],
    ['DROP FUNCTION public.to_timestamp(numeric)', 'DROP FUNCTION evil()'],
  ],
  [
    'a policy of row level security',
    [
      evil,
      'CREATE POLICY evil ON public.job USING (evil()) WITH CHECK (true)',
      'ALTER TABLE public.job ENABLE ROW LEVEL SECURITY',
    ],
    [
      'ALTER TABLE public.job DISABLE ROW LEVEL SECURITY',
      'DROP POLICY evil ON public.job',
      'DROP FUNCTION evil()',
    ],
  ],
  [
    'a condition of a column',
    [evil, 'ALTER TABLE public.credential ADD CONSTRAINT evil CHECK (evil()) NOT VALID'],
    ['ALTER TABLE public.credential DROP CONSTRAINT evil', 'DROP FUNCTION evil()'],
  ],
  [
    'a default in another schema',
    [
      evilIn('other'),
      `CREATE FUNCTION other.now() RETURNS timestamptz LANGUAGE plpgsql AS $$ BEGIN PERFORM other.evil(); RETURN pg_catalog.now(); END $$`,
      'GRANT USAGE ON SCHEMA other TO datong_app',
      'ALTER TABLE public.person ALTER COLUMN made_at SET DEFAULT other.now()',
    ],
    [
      'ALTER TABLE public.person ALTER COLUMN made_at SET DEFAULT now()',
      'DROP FUNCTION other.now()',
      'DROP FUNCTION other.evil()',
    ],
  ],
  [
    'an operator',
    [
      evil,
      `CREATE FUNCTION public.evil_equal(text, uuid) RETURNS boolean LANGUAGE sql AS 'SELECT evil()'`,
      'CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = uuid, FUNCTION = public.evil_equal)',
    ],
    ['DROP OPERATOR public.= (text, uuid)', 'DROP FUNCTION public.evil_equal', 'DROP FUNCTION evil()'],
  ],
  [
    'an event trigger',
    [
      `CREATE FUNCTION other.on_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
       BEGIN UPDATE public.purpose SET title_en = 'evil' WHERE code = 'school-enrolment' AND title_en <> 'evil'; END $$`,
      'CREATE EVENT TRIGGER evil ON ddl_command_end EXECUTE FUNCTION other.on_ddl()',
    ],
    ['DROP EVENT TRIGGER evil', 'DROP FUNCTION other.on_ddl()'],
  ],
  [
    'a trigger that is marked as internal',
    [
      `CREATE FUNCTION other.evil_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
       BEGIN UPDATE public.purpose SET title_en = 'evil' WHERE code = 'school-enrolment' AND title_en <> 'evil'; RETURN NEW; END $$`,
      'CREATE TRIGGER evil BEFORE INSERT ON public.credential FOR EACH ROW EXECUTE FUNCTION other.evil_row()',
      `UPDATE pg_trigger SET tgisinternal = true WHERE tgname = 'evil'`,
    ],
    [
      `UPDATE pg_trigger SET tgisinternal = false WHERE tgname = 'evil'`,
      'DROP TRIGGER evil ON public.credential',
      'DROP FUNCTION other.evil_row()',
    ],
  ],
  [
    'statistics with an expression',
    [
      evilIn('other').replace('plpgsql SECURITY', 'plpgsql IMMUTABLE SECURITY'),
      'CREATE STATISTICS public.evil ON other.evil(), code FROM public.purpose',
    ],
    ['DROP STATISTICS public.evil', 'DROP FUNCTION other.evil()'],
  ],
  [
    'an operator of the server that calls another function',
    [
      evilIn('other'),
      'GRANT USAGE ON SCHEMA other TO datong_app',
      `CREATE FUNCTION other.evil_later(timestamptz, timestamptz) RETURNS boolean LANGUAGE plpgsql AS $$
       BEGIN PERFORM other.evil(); RETURN timestamptz_gt($1, $2); END $$`,
      `UPDATE pg_operator SET oprcode = 'other.evil_later' WHERE oid = '>(timestamptz, timestamptz)'::regoperator`,
    ],
    [
      `UPDATE pg_operator SET oprcode = 'timestamptz_gt' WHERE oid = '>(timestamptz, timestamptz)'::regoperator`,
      'DROP FUNCTION other.evil_later(timestamptz, timestamptz)',
      'DROP FUNCTION other.evil()',
    ],
  ],
  [
    'an aggregate of the server that calls another function',
    [
      evilIn('other'),
      'GRANT USAGE ON SCHEMA other TO datong_app',
      `CREATE FUNCTION other.evil_count(bigint) RETURNS bigint LANGUAGE plpgsql AS $$ BEGIN PERFORM other.evil(); RETURN $1 + 1; END $$`,
      `UPDATE pg_aggregate SET aggtransfn = 'other.evil_count' WHERE aggfnoid = 'count()'::regprocedure`,
    ],
    [
      `UPDATE pg_aggregate SET aggtransfn = 'int8inc' WHERE aggfnoid = 'count()'::regprocedure`,
      'DROP FUNCTION other.evil_count(bigint)',
      'DROP FUNCTION other.evil()',
    ],
  ],
  [
    'a setting of a function of the hub',
    ['ALTER FUNCTION public.note_row() SET search_path = public, other'],
    ['ALTER FUNCTION public.note_row() RESET search_path'],
  ],
  [
    'a function of the hub with the rights of its owner',
    ['ALTER FUNCTION public.note_row() SECURITY DEFINER'],
    ['ALTER FUNCTION public.note_row() SECURITY INVOKER'],
  ],
  [
    'another owner of a function of the hub',
    ['ALTER FUNCTION public.note_row() OWNER TO CURRENT_USER'],
    ['ALTER FUNCTION public.note_row() OWNER TO datong_owner'],
  ],
];
await administrator.query('CREATE SCHEMA other');
await carrierTests(hub, administrator, carriers);

test('extensions in the schema public do not stop the hub; code that is added to one does', async () => {
  const extensions = ['pgcrypto', 'pg_trgm', 'btree_gist', 'intarray', 'cube', 'earthdistance'];
  for (const name of extensions) await administrator.query(`CREATE EXTENSION ${name} SCHEMA public`);
  await administrator.query(`CREATE FUNCTION public.upper(text) RETURNS text LANGUAGE sql AS 'SELECT $1'`);
  assert.ok(await hub.token('with extensions', ['clerk']));
  await administrator.query('DROP FUNCTION public.upper(text)');
  assert.deepEqual(await found(), []);
  await administrator.query(
    `CREATE FUNCTION public.length(integer) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'`,
  );
  await administrator.query('ALTER EXTENSION pgcrypto ADD FUNCTION public.length(integer)');
  await assert.rejects(hub.token('with a member', ['clerk']), { code: 'rows_unauthenticated' });
  for (const name of extensions.toReversed()) await administrator.query(`DROP EXTENSION ${name}`);
  assert.ok(await hub.token('without extensions', ['clerk']));
});

test('a batch whose table is read for its digest gets none while foreign code is there', async () => {
  const { rows } = await administrator.query<{ batch: string }>(
    `SELECT current_batch AS batch FROM dataset WHERE id = 'pub-security.household'`,
  );
  const [dataset] = rows;
  assert.ok(dataset);
  const written = (): Promise<void> =>
    withTransaction(database.owner, (transaction) => writeBatchDigest(transaction, dataset.batch, 0));
  await administrator.query(
    `CREATE FUNCTION public.length(integer) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'`,
  );
  await assert.rejects(written(), { code: 'rows_unauthenticated' });
  await administrator.query('DROP FUNCTION public.length(integer)');
  assert.deepEqual(await found(), []);
});

/** Readiness of the comparisons by a clock that a test moves. */
function checksLater() {
  const clock = { shiftMs: 0, now: (): number => database.now() + clock.shiftMs };
  const { comparisons } = jobChecks({ app: database.app, owner: database.owner, now: clock.now });
  return { clock, comparisons: async (): Promise<string> => (await comparisons?.()) ?? assert.fail() };
}
const { comparisons } = checksLater();
const stateOf = async (name: string): Promise<unknown> =>
  (await administrator.query<{ state: unknown }>('SELECT state FROM job WHERE name = $1', [name])).rows[0]
    ?.state;

test('a position of the comparison of datasets that is forged or put back: every table is compared all the same', async () => {
  assert.deepEqual(await found(), []);
  await administrator.query(`UPDATE job SET state = '"rows.zzz"' WHERE name = 'verifyDatasets'`);
  const { rows } = await administrator.query<{ name: string }>(
    `SELECT table_name AS name FROM row_sum WHERE table_name LIKE 'rows.%' ORDER BY 1`,
  );
  assert.ok(rows.length > 0, 'there is a table to compare');
  const table = rows[0]?.name ?? '';
  await administrator.query(`DELETE FROM ${table} WHERE ctid = (SELECT min(ctid) FROM ${table})`);
  assert.deepEqual(await found(), [`dataset_rows_altered ${table}`]);
});

test('findings that are removed from the table are reported by readiness, and come again', async () => {
  await administrator.query('DELETE FROM log_finding');
  assert.match(await comparisons(), /^degraded: the last comparison had 1 findings/);
  assert.equal((await found()).length, 1);
  assert.equal(await comparisons(), 'ok');
});

test('a comparison that does not come is reported within minutes', async () => {
  const { clock, comparisons: reported } = checksLater();
  assert.equal(await reported(), 'ok');
  clock.shiftMs = 4 * 60_000;
  assert.equal(await reported(), 'ok');
  clock.shiftMs = 7 * 60_000;
  assert.match(
    await reported(),
    /^degraded: late, or with an altered record: verifyRows since \S+Z, verifyDatasets since \S+Z, reverifyLog since \S+Z$/,
  );
  await found();
  clock.shiftMs = 0;
  assert.equal(await reported(), 'ok');
});

test('a lock that holds up a comparison is reported, and all seals and sums that are truncated are found', async () => {
  const before = await found();
  const { clock, comparisons: reported } = checksLater();
  assert.equal(await reported(), 'ok');
  await administrator.query('BEGIN; LOCK TABLE purpose IN ACCESS EXCLUSIVE MODE');
  const running = hub.hub.runner.run('verifyRows');
  clock.shiftMs = 7 * 60_000;
  assert.match(await reported(), /^degraded: late, or with an altered record: verifyRows since /);
  await administrator.query('ROLLBACK');
  assert.equal(await running, 'ok');
  await administrator.query(
    'CREATE TEMPORARY TABLE seals AS SELECT * FROM row_seal; CREATE TEMPORARY TABLE sums AS SELECT * FROM row_sum; TRUNCATE row_seal, row_sum',
  );
  const now = await found();
  for (const one of [
    'rows_rolled_back purpose',
    'rows_rolled_back credential',
    'row_unsealed purpose school-enrolment',
  ])
    assert.ok(now.includes(one), one);
  await administrator.query('TRUNCATE row_seal, row_sum');
  await administrator.query(
    'INSERT INTO row_seal SELECT * FROM seals; INSERT INTO row_sum SELECT * FROM sums',
  );
  await administrator.query('DROP TABLE seals, sums');
  assert.deepEqual(await found(), before);
});

test('a record of a comparison that is altered, of another job or of another key does not count', async () => {
  const digests = sealingOf(database.app)?.digests ?? assert.fail();
  const state = (await stateOf('verifyRows')) as { readonly pass: string; readonly mac: string };
  const last = openPassRecord('verifyRows', state, digests.key, database.now()) ?? assert.fail();
  assert.ok(Math.abs(database.now() - last.at) < 60_000);
  assert.equal(openPassRecord('verifyDatasets', state, digests.key, last.at), undefined);
  const later = { ...state, pass: state.pass.replace(/"at":\d+/, `"at":${last.at + 3_600_000}`) };
  assert.notEqual(later.pass, state.pass);
  assert.equal(openPassRecord('verifyRows', later, digests.key, last.at), undefined);
  assert.equal(
    openPassRecord('verifyRows', state, digests.key, last.at - 3 * 60_000),
    undefined,
    'a clock was wrong',
  );
});

test('the catalogue may wait as long as the pause after a long comparison, and a quarter of an hour', async () => {
  const digests = sealingOf(database.app)?.digests ?? assert.fail();
  const was = await stateOf('verifyRows');
  const { clock, comparisons: reported } = checksLater();
  assert.equal(await reported(), 'ok');
  const putState = (name: string, state: unknown): Promise<unknown> =>
    administrator.query('UPDATE job SET state = $2 WHERE name = $1', [name, JSON.stringify(state)]);
  const put = (name: string, pass: Omit<Pass, 'findings'>): Promise<unknown> =>
    putState(name, new PassMemory(name).record({ findings: 0, ...pass }, digests.key));
  const at = database.now();
  const minute = 60_000;
  const datasets = await stateOf('verifyDatasets');
  await put('verifyRows', { at, pausedUntil: at + 60 * minute, catalogueAt: at });
  clock.shiftMs = 55 * minute;
  // the process forgets a record of the future, and none of its past
  await put('verifyDatasets', { at: at + clock.shiftMs, pausedUntil: at + 120 * minute });
  assert.equal(await hub.hub.runner.run('reverifyLog'), 'ok');
  const log = await stateOf('reverifyLog');
  const putLog = async (): Promise<unknown> =>
    putState(
      'reverifyLog',
      new PassMemory<Recorded>('reverifyLog').record({ at: at + clock.shiftMs, findings: 0 }, digests.key),
    );
  await putLog();
  assert.equal(await reported(), 'ok');
  clock.shiftMs = 77 * minute;
  await put('verifyRows', { at: at + clock.shiftMs, pausedUntil: at + clock.shiftMs, catalogueAt: at });
  await putLog();
  assert.match(await reported(), /^degraded: the catalogue was not compared/);
  await putState('reverifyLog', log);
  await putState('verifyRows', was);
  await putState('verifyDatasets', datasets);
});

test('objects of the server itself that are altered, or whose record is removed, are found', async () => {
  const before = await found();
  const { rows } = await administrator.query<{ code: string; stable: string }>(
    `SELECT oprcode::oid AS code, oid AS stable FROM pg_operator WHERE oid < 16384 AND oprname = '#' AND oprleft = 'bigint'::regtype`,
  );
  const [operator] = rows;
  assert.ok(operator);
  const server = 'catalogue_altered catalogue objects of the server';
  await administrator.query(`UPDATE pg_operator SET oprcode = 'int8or'::regproc WHERE oid = $1`, [
    operator.stable,
  ]);
  assert.deepEqual(await found(), [server, ...before].sort());
  const isRecord = `table_name = '${recordName}'`;
  await administrator.query(
    `CREATE TEMPORARY TABLE record AS SELECT * FROM row_sum WHERE ${isRecord}; DELETE FROM row_sum WHERE ${isRecord}`,
  );
  assert.deepEqual(await found(), [server, ...before].sort(), 'without a record as well');
  await administrator.query('INSERT INTO row_sum SELECT * FROM record');
  await administrator.query(`UPDATE pg_operator SET oprcode = $2::oid::regproc WHERE oid = $1`, [
    operator.stable,
    operator.code,
  ]);
  assert.deepEqual(await found(), before);
});

test('a record of the server in the form of release 0.2.0, or of another version of the server, is replaced', async () => {
  const before = await found();
  const digests = sealingOf(database.app)?.digests ?? assert.fail();
  const record = async (): Promise<{ version: number; count: number }> =>
    (
      await administrator.query<{ version: number; count: number }>(
        `SELECT version::int, count::int FROM row_sum WHERE table_name = 'catalogue of the server'`,
      )
    ).rows[0] ?? assert.fail();
  const { version, count } = await record();
  const { former } = await inSnapshot(database.owner, serverDigests);
  let written = version;
  const put = async (sum: Summed): Promise<void> => {
    const stored = await readSums(database.owner, digests.key, [recordName], false);
    const next = digests.next(recordName, stored.get(recordName), sum);
    await withTransaction(database.owner, (transaction) => writeServerRecord(transaction, digests, next));
    written = next.version;
  };
  for (const sum of [former, { count: count - 1, sum: 1n }]) {
    await put(sum);
    assert.deepEqual(await found(), before);
    assert.deepEqual(await record(), { version: (written += 1), count });
  }
  // objects that were altered while no process ran, before the upgrade
  await put({ ...former, sum: 1n });
  const server = 'catalogue_altered catalogue objects of the server';
  assert.deepEqual(await found(), [server, ...before].sort());
  assert.deepEqual(await record(), { version: written, count: former.count }, 'it is not overwritten');
  await put(former);
  assert.deepEqual(await found(), before);
});

test('of the collations of the server, those that it imported from its machine are not compared', async () => {
  const digest = (): Promise<unknown> => inSnapshot(database.owner, serverDigests);
  const before = await digest();
  const digestOfAltered = async (row: string): Promise<unknown> => {
    const { rowCount } = await administrator.query(
      `CREATE TABLE other.former AS SELECT oid AS id, collctype AS value FROM pg_collation WHERE ${row}`,
    );
    assert.equal(rowCount, 1);
    await administrator.query(`UPDATE pg_collation SET collctype = 'other' FROM other.former WHERE oid = id`);
    const altered = await digest();
    await administrator.query('UPDATE pg_collation SET collctype = value FROM other.former WHERE oid = id');
    await administrator.query('DROP TABLE other.former');
    return altered;
  };
  const imported = `oid = (SELECT min(oid) FROM pg_collation WHERE oid < 16384 AND collname NOT IN ('default', 'C', 'POSIX', 'ucs_basic'))`;
  assert.deepEqual(await digestOfAltered(imported), before);
  assert.notDeepEqual(await digestOfAltered(`oid < 16384 AND collname = 'POSIX'`), before);
  assert.deepEqual(await digest(), before);
});

test('an object that is added to an extension, and a subscription, are found', async () => {
  const before = await found();
  await administrator.query('CREATE AGGREGATE public.evil_sum(int8) (SFUNC = int8pl, STYPE = int8)');
  await administrator.query('ALTER EXTENSION plpgsql ADD FUNCTION public.evil_sum(int8)');
  await administrator.query(
    `CREATE SUBSCRIPTION evil CONNECTION 'host=127.0.0.1 port=1 dbname=none' PUBLICATION none WITH (connect = false)`,
  );
  const now = await found();
  assert.ok(now.includes('catalogue_altered catalogue subscription evil'), now.join());
  assert.ok(
    now.some((one) => /member function (public\.)?evil_sum\(bigint\) of the extension plpgsql$/.test(one)),
    now.join(),
  );
  await administrator.query('ALTER SUBSCRIPTION evil SET (slot_name = NONE)');
  await administrator.query('DROP SUBSCRIPTION evil');
  await administrator.query('ALTER EXTENSION plpgsql DROP FUNCTION public.evil_sum(int8)');
  await administrator.query('DROP AGGREGATE public.evil_sum(int8)');
  assert.deepEqual(await found(), before);
});
