/**
 * A database administrator lets names in statements of the hub lead elsewhere: to relations of a schema that is searched before "public", by
 * settings or prepared statements that code left behind in a session of the hub, or by flags of the catalogue that no definition shows.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { rowsAtRandom } from '../../hub/features/log/jobs/rowsAtRandom.ts';
import { processIdOf } from '../../hub/platform/database/database.ts';
import { sealingOf } from '../../hub/platform/database/authenticated/rowSealing.ts';
import { withTransaction } from '../../hub/platform/database/transaction.ts';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub } = await cityHub({ jobsByTime: false });
const administrator = await administratorSession(database, '-c allow_system_table_mods=on');
after(() => hub.stop());
// by time alone, a session would be compared between what code left behind in it and the change that uses it
const sealing = sealingOf(database.app) ?? assert.fail();
sealing.comparedSessions.every = 3_600_000;

/** The rows are compared also where a slow comparison was shortly before. A run of the job may need a session that ends. */
async function found(): Promise<string[]> {
  let outcome: string | undefined;
  for (let tries = 0; tries < 10 && outcome !== 'ok'; tries += 1) {
    sealing.suspect();
    outcome = await hub.hub.runner.run('verifyRows');
  }
  assert.equal(outcome, 'ok');
  const { rows } = await administrator.query<{ code: string; about: string }>(
    `SELECT code, about FROM public.log_finding WHERE about <> '' ORDER BY about`,
  );
  return rows.map(({ code, about }) => `${code} ${about}`);
}
const run = async (statements: readonly string[]): Promise<void> => {
  for (const one of statements) await administrator.query(one);
};
const title = async (): Promise<string | undefined> =>
  (
    await administrator.query<{ title: string }>(
      `SELECT title_en AS title FROM public.purpose WHERE code = 'school-enrolment'`,
    )
  ).rows[0]?.title;
const original = await title();
await run(['CREATE SCHEMA other', 'GRANT USAGE ON SCHEMA other TO datong_app, datong_owner']);

/** A view of codes of enrolment whose trigger adds the code, alters a purpose, and does what it is given. */
const viewIn = (schema: string, more = ''): readonly string[] => [
  `CREATE FUNCTION other.evil() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
   BEGIN
     UPDATE public.purpose SET title_en = 'evil' WHERE code = 'school-enrolment';
     INSERT INTO public.enrolment_code (hash, id, department, expires_at, issued_by)
       VALUES (NEW.hash, NEW.id, NEW.department, NEW.expires_at, NEW.issued_by);
     ${more}
     RETURN NEW;
   END $$`,
  `CREATE VIEW ${schema}.enrolment_code AS SELECT ctid, * FROM public.enrolment_code`,
  `GRANT SELECT, INSERT, UPDATE, DELETE ON ${schema}.enrolment_code TO datong_app, datong_owner`,
  `CREATE TRIGGER evil INSTEAD OF INSERT ON ${schema}.enrolment_code FOR EACH ROW EXECUTE FUNCTION other.evil()`,
];
const withoutView = (schema: string): readonly string[] => [
  `DROP VIEW ${schema}.enrolment_code CASCADE`,
  'DROP FUNCTION other.evil()',
];

test('a view with the name of a table in pg_catalog: nothing is sealed, and it is named', async () => {
  await run(viewIn('pg_catalog'));
  await assert.rejects(hub.enrol('ecology'), { code: 'rows_unauthenticated' });
  assert.deepEqual(await found(), ['catalogue_altered catalogue relation pg_catalog.enrolment_code']);
  await run(withoutView('pg_catalog'));
  assert.deepEqual(await found(), []);
  assert.equal(await title(), original);
  assert.ok(await hub.enrol('ecology'));
});

/**
 * Has each session that the hub may use read a view that was in place of a table for a moment. @param code of PL/pgSQL
 * @returns process ids of the sessions
 */
async function poison(code: string): Promise<readonly number[]> {
  await run([
    `CREATE FUNCTION other.poison() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN ${code}; RETURN true; END $$`,
    'ALTER TABLE public.board_day RENAME TO board_apart',
    'CREATE VIEW public.board_day AS SELECT * FROM board_apart WHERE (SELECT other.poison())',
    'GRANT SELECT ON public.board_day TO datong_app, datong_owner',
  ]);
  const { app } = hub.hub.database;
  const sessions = await Promise.all(Array.from({ length: app.options.max }, () => app.connect()));
  for (const session of sessions) {
    // compares a new session, which then is not due by time alone
    await session.query('UPDATE enrolment_code SET used_at = now() WHERE false');
    await session.query('SELECT * FROM board_day');
  }
  for (const session of sessions) session.release();
  const ids = sessions.map((session) => processIdOf(session) ?? assert.fail());
  await run([
    'DROP VIEW public.board_day',
    'ALTER TABLE public.board_apart RENAME TO board_day',
    'DROP FUNCTION other.poison()',
  ]);
  return ids;
}

/** What code leaves behind in a session, and how the session is named. */
const left: readonly (readonly [name: string, code: string, named: string])[] = [
  ['another search path', `PERFORM set_config('search_path', 'other, public', false)`, 'setting search_path'],
  [
    'a temporary view',
    `CREATE TEMPORARY VIEW enrolment_code AS SELECT * FROM other.enrolment_code;
     GRANT ALL ON pg_temp.enrolment_code TO datong_owner`,
    'temporary tables',
  ],
  [
    'a prepared statement',
    `BEGIN DEALLOCATE foreign_code; EXCEPTION WHEN OTHERS THEN NULL; END;
     PREPARE foreign_code (text[], text[], text[], boolean[], text[], text[], text[]) AS SELECT '' AS name WHERE false`,
    'prepared statements',
  ],
];
for (const [name, code, named] of left)
  for (const restores of [false, true])
    test(`${name}, left behind in sessions${restores ? ' and removed by the code that used it' : ''}: nothing is sealed, and the session is named`, async () => {
      await run(viewIn('other', restores ? `PERFORM set_config('search_path', 'public', false);` : ''));
      const ids = await poison(code);
      await assert.rejects(hub.enrol('ecology'), { code: 'rows_unauthenticated' });
      await run(withoutView('other'));
      assert.equal(await title(), original);
      // one session ended; the job would need the others
      await administrator.query('SELECT pg_terminate_backend(id, 5000) FROM unnest($1::int[]) AS id', [ids]);
      assert.deepEqual(await found(), [`catalogue_altered catalogue ${named} of a session of the hub`]);
      assert.deepEqual(await found(), []);
      assert.ok(await hub.enrol('ecology'));
    });

test('a statement in a transaction that changes rows of a sealed table although it names none is refused', async () => {
  await run([
    `CREATE FUNCTION other.evil() RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER AS $$
     BEGIN UPDATE public.purpose SET title_en = 'evil' WHERE code = 'school-enrolment'; RETURN true; END $$`,
  ]);
  await assert.rejects(
    withTransaction(hub.hub.database.app, (transaction) => transaction.query('SELECT other.evil()')),
    { code: 'rows_unauthenticated' },
  );
  await run(['DROP FUNCTION other.evil()']);
  assert.equal(await title(), original);
  assert.deepEqual(await found(), ['catalogue_altered catalogue foreign code in a statement of the hub']);
  assert.deepEqual(await found(), []);
});

const { rows: names } = await administrator.query<{ name: string }>('SELECT current_database() AS name');
const databaseName = names[0]?.name ?? '';
/** Flags and settings that leave each definition as it is. */
const flags: readonly (readonly [name: string, on: string, off: string, what: string])[] = [
  [
    'a setting by which indexes of lists leave rows out',
    `ALTER DATABASE ${databaseName} SET gin_fuzzy_search_limit = 1`,
    `ALTER DATABASE ${databaseName} RESET gin_fuzzy_search_limit`,
    'setting gin_fuzzy_search_limit of the database',
  ],
  [
    'a setting by which no session shows what it waits for',
    `ALTER DATABASE ${databaseName} SET track_activities = off`,
    `ALTER DATABASE ${databaseName} RESET track_activities`,
    'setting track_activities of the database',
  ],
  [
    'a unique index that is compared at the commit, where no trigger does it',
    `UPDATE pg_index SET indimmediate = false WHERE indexrelid = 'purpose_pkey'::regclass`,
    `UPDATE pg_index SET indimmediate = true WHERE indexrelid = 'purpose_pkey'::regclass`,
    'flags of index purpose_pkey',
  ],
  [
    'a foreign key that deletes the rows that refer to a deleted one',
    `UPDATE pg_trigger SET tgfoid = '"RI_FKey_cascade_del"'::regproc WHERE tgfoid = '"RI_FKey_noaction_del"'::regproc
        AND tgconstraint = (SELECT oid FROM pg_constraint WHERE conname = 'consent_event_consent_fkey')`,
    `UPDATE pg_trigger SET tgfoid = '"RI_FKey_noaction_del"'::regproc WHERE tgfoid = '"RI_FKey_cascade_del"'::regproc
        AND tgconstraint = (SELECT oid FROM pg_constraint WHERE conname = 'consent_event_consent_fkey')`,
    'trigger functions of constraint consent_event_consent_fkey of consent_event',
  ],
  [
    'a table without conditions',
    `UPDATE pg_class SET relchecks = 0 WHERE oid = 'person'::regclass`,
    `UPDATE pg_class SET relchecks = (SELECT count(*) FROM pg_constraint WHERE conrelid = 'person'::regclass AND contype = 'c') WHERE oid = 'person'::regclass`,
    'hidden conditions of person',
  ],
  [
    'a column without its default',
    `UPDATE pg_attribute SET atthasdef = false WHERE attrelid = 'credential'::regclass AND attname = 'issued_at'`,
    `UPDATE pg_attribute SET atthasdef = true WHERE attrelid = 'credential'::regclass AND attname = 'issued_at'`,
    'hidden default of issued_at of credential',
  ],
  [
    'an aggregate of the server with another function of the server',
    `UPDATE pg_aggregate SET aggserialfn = 'numeric_avg_serialize'::regproc WHERE aggfnoid = 'sum(bigint)'::regprocedure`,
    `UPDATE pg_aggregate SET aggserialfn = 'int8_avg_serialize'::regproc WHERE aggfnoid = 'sum(bigint)'::regprocedure`,
    'objects of the server',
  ],
  [
    'a type of the server that is preferred where a statement leaves it open',
    `UPDATE pg_type SET typispreferred = true WHERE typname = 'varchar'`,
    `UPDATE pg_type SET typispreferred = false WHERE typname = 'varchar'`,
    'objects of the server',
  ],
  [
    'an operator of the server that no hash finds',
    `UPDATE pg_operator SET oprcanhash = false WHERE oid = '=(text,text)'::regoperator`,
    `UPDATE pg_operator SET oprcanhash = true WHERE oid = '=(text,text)'::regoperator`,
    'objects of the server',
  ],
  [
    'a view in place of the table of migrations',
    'ALTER TABLE migration RENAME TO migration_apart; CREATE VIEW migration AS SELECT * FROM migration_apart; ALTER VIEW migration OWNER TO datong_owner',
    'DROP VIEW migration; ALTER TABLE migration_apart RENAME TO migration',
    'relation migration',
  ],
];
for (const [name, on, off, what] of flags)
  test(`${name}: it is named`, async () => {
    await run([on]);
    try {
      assert.deepEqual(await found(), [`catalogue_altered catalogue ${what}`]);
    } finally {
      await run([off]);
    }
    assert.deepEqual(await found(), []);
  });

test('a text with the characters of a sealed object, in its place: the row counts as absent, and is named', async () => {
  const set = (value: string) =>
    run([
      'SET session_replication_role = replica',
      `UPDATE dataset SET intake = ${value} WHERE id = 'pub-security.household'`,
      'SET session_replication_role = origin',
    ]);
  await set('to_jsonb(intake::text)');
  try {
    assert.deepEqual(await found(), ['row_altered dataset pub-security.household']);
  } finally {
    await set(`(intake #>> '{}')::jsonb`);
  }
  assert.deepEqual(await found(), []);
});

test('a row that is deleted, and put back before each run of the job, is found by a comparison at random', async () => {
  const key = `code = 'school-enrolment'`;
  await run([
    'CREATE TABLE other.purpose AS SELECT * FROM public.purpose LIMIT 0',
    'SET session_replication_role = replica',
    `WITH gone AS (DELETE FROM public.purpose WHERE ${key} RETURNING *) INSERT INTO other.purpose SELECT * FROM gone`,
  ]);
  // a comparison lasts a second, and reads the tables in an order at random
  for (let tries = 0; tries < 20 && rowsAtRandom(database).findings.length === 0; tries += 1)
    await rowsAtRandom(database).compare();
  await run([
    'INSERT INTO public.purpose SELECT * FROM other.purpose',
    'SET session_replication_role = origin',
    'DROP TABLE other.purpose',
  ]);
  assert.deepEqual(await found(), ['row_missing purpose school-enrolment']);
  assert.deepEqual(await found(), []);
});
