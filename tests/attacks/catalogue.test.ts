/**
 * A database administrator alters the catalogue instead of rows: views in place of tables, functions, rules, operators. The job `verifyRows`
 * names each object at its next run, and the finding ends when the object is as before.
 */
import assert from 'node:assert/strict';
import { after, mock, test } from 'node:test';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';

const { database, hub } = await cityHub({ jobsByTime: false });
const administrator = await administratorSession(database);
after(() => hub.stop());
// the log compares its own functions and partitions every ten seconds and would stop: no such time passes while one is altered
mock.method(performance, 'now', () => 0);

async function found(): Promise<string[]> {
  assert.equal(await hub.hub.runner.run('verifyRows'), 'ok');
  const { rows } = await administrator.query<{ code: string; about: string }>(
    `SELECT code, about FROM log_finding WHERE about <> '' ORDER BY about COLLATE "C"`,
  );
  return rows.map(({ code, about }) =>
    code === 'catalogue_altered' ? about.replace(/^catalogue /, '') : code,
  );
}

const definition = async (name: string): Promise<string> => {
  const { rows } = await administrator.query<{ text: string }>(
    `SELECT pg_get_functiondef(oid) AS text FROM pg_proc WHERE proname = $1 AND pronamespace = 'public'::regnamespace`,
    [name],
  );
  return rows[0]?.text ?? assert.fail(name);
};

const trigger = `RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`;
/** What is done, what is found, and how it is undone. */
const attacks: readonly (readonly [name: string, does: string, finds: readonly string[], undoes: string])[] =
  [
    [
      'a view in place of a table that hides its rows',
      `ALTER TABLE mandate_revocation RENAME TO hidden_rows;
     CREATE VIEW mandate_revocation AS SELECT * FROM hidden_rows WHERE false; GRANT ALL ON mandate_revocation TO datong_app, datong_owner`,
      ['table hidden_rows', 'table mandate_revocation', 'view mandate_revocation'],
      `DROP VIEW mandate_revocation; ALTER TABLE hidden_rows RENAME TO mandate_revocation`,
    ],
    [
      'a table that inherits from another and adds rows to it',
      `CREATE TABLE more_purposes () INHERITS (purpose)`,
      ['child table more_purposes of purpose', 'table more_purposes'],
      `DROP TABLE more_purposes`,
    ],
    [
      'an event trigger',
      `CREATE FUNCTION on_ddl() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; CREATE EVENT TRIGGER sees ON ddl_command_end EXECUTE FUNCTION on_ddl()`,
      ['event trigger sees', 'function on_ddl'],
      `DROP EVENT TRIGGER sees; DROP FUNCTION on_ddl`,
    ],
    [
      'a trigger, and a disabled one',
      `CREATE FUNCTION forge() ${trigger}; CREATE TRIGGER forges BEFORE INSERT ON purpose FOR EACH ROW EXECUTE FUNCTION forge();
     ALTER TABLE role_grant DISABLE TRIGGER row_is_noted`,
      ['disabled trigger row_is_noted of role_grant', 'function forge', 'trigger forges of purpose'],
      `DROP FUNCTION forge CASCADE; ALTER TABLE role_grant ENABLE TRIGGER row_is_noted`,
    ],
    [
      'triggers that are hidden in the catalogue, a sequence that counts otherwise',
      `SET allow_system_table_mods = on; UPDATE pg_class SET relhastriggers = false WHERE oid = 'role_grant'::regclass;
     ALTER SEQUENCE ticket_number INCREMENT BY 7`,
      ['hidden triggers of role_grant', 'settings of sequence ticket_number'],
      `UPDATE pg_class SET relhastriggers = true WHERE oid = 'role_grant'::regclass; ALTER SEQUENCE ticket_number INCREMENT BY 1`,
    ],
    [
      'a rule, and row security with a policy',
      `CREATE RULE nothing AS ON DELETE TO role_grant DO INSTEAD NOTHING;
     CREATE POLICY hides ON legal_hold USING (false); ALTER TABLE legal_hold ENABLE ROW LEVEL SECURITY`,
      ['policy hides of legal_hold', 'row security of legal_hold', 'rule nothing of role_grant'],
      `DROP RULE nothing ON role_grant; DROP POLICY hides ON legal_hold; ALTER TABLE legal_hold DISABLE ROW LEVEL SECURITY`,
    ],
    [
      'an operator, a cast, an aggregate, a collation and a domain',
      `CREATE FUNCTION same(text, integer) RETURNS boolean LANGUAGE sql AS 'SELECT true';
     CREATE OPERATOR = (LEFTARG = text, RIGHTARG = integer, FUNCTION = same);
     CREATE CAST (boolean AS bigint) WITH INOUT AS IMPLICIT;
     CREATE AGGREGATE least_of (integer) (SFUNC = int4smaller, STYPE = integer);
     CREATE COLLATION loose (LOCALE = 'C'); CREATE DOMAIN short AS text`,
      [
        ...['aggregate least_of', 'cast boolean to bigint', 'collation loose'],
        ...['function same', 'operator =', 'type short'],
      ],
      `DROP OPERATOR = (text, integer); DROP FUNCTION same; DROP CAST (boolean AS bigint); DROP AGGREGATE least_of (integer);
     DROP COLLATION loose; DROP DOMAIN short`,
    ],
    [
      'a function in pg_catalog, which comes first in every search path',
      `CREATE FUNCTION pg_catalog.split_part(text, text, bigint) RETURNS text LANGUAGE sql AS 'SELECT $1'`,
      ['function pg_catalog.split_part'],
      `DROP FUNCTION pg_catalog.split_part(text, text, bigint)`,
    ],
    [
      'a function of the server with another body',
      `CREATE OR REPLACE FUNCTION pg_catalog.to_jsonb(anyelement) RETURNS jsonb LANGUAGE plpgsql STABLE STRICT AS 'BEGIN RETURN row_to_json($1)::jsonb; END'`,
      ['function pg_catalog.to_jsonb'],
      `CREATE OR REPLACE FUNCTION pg_catalog.to_jsonb(anyelement) RETURNS jsonb LANGUAGE internal STABLE STRICT PARALLEL SAFE AS 'to_jsonb'`,
    ],
    [
      'another default, a constraint less, a generated column that is none any more',
      `ALTER TABLE credential ALTER issued_at SET DEFAULT '2099-01-01'; ALTER TABLE paper_consent DROP CONSTRAINT paper_consent_check;
     ALTER TABLE catalogue_entry ALTER data_class DROP EXPRESSION`,
      ['table catalogue_entry', 'table credential', 'table paper_consent'],
      '',
    ],
    [
      'an index whose expression runs foreign code when the hub writes',
      `CREATE FUNCTION runs(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE INDEX spies ON matter (runs(code))`,
      ['function runs', 'index spies'],
      `DROP INDEX spies; DROP FUNCTION runs`,
    ],
    [
      'rights for PUBLIC',
      `GRANT UPDATE ON row_sum TO PUBLIC; GRANT EXECUTE ON FUNCTION remove_found_row TO PUBLIC`,
      ['grants on function remove_found_row', 'grants on row_sum'],
      `REVOKE UPDATE ON row_sum FROM PUBLIC; REVOKE EXECUTE ON FUNCTION remove_found_row FROM PUBLIC`,
    ],
    [
      'a right of PUBLIC to create objects in the schema of the hub',
      `GRANT CREATE ON SCHEMA public TO PUBLIC`,
      ['grants on schema public to PUBLIC'],
      `REVOKE CREATE ON SCHEMA public FROM PUBLIC`,
    ],
    [
      'row security that hides rows of a dataset',
      `CREATE POLICY hides ON rows.u_sample USING (false); ALTER TABLE rows.u_sample ENABLE ROW LEVEL SECURITY`,
      ['policy hides of rows.u_sample', 'row security of rows.u_sample'],
      `DROP POLICY hides ON rows.u_sample; ALTER TABLE rows.u_sample DISABLE ROW LEVEL SECURITY`,
    ],
    [
      'a rule, a trigger, a default, a constraint and an index on rows of a dataset',
      `CREATE FUNCTION rows.forge() ${trigger}; CREATE TRIGGER forges BEFORE INSERT ON rows.u_sample FOR EACH ROW EXECUTE FUNCTION rows.forge();
     CREATE FUNCTION rows.runs(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE INDEX spies ON rows.u_sample (rows.runs(name));
     CREATE RULE nothing AS ON DELETE TO rows.u_sample DO INSTEAD NOTHING;
     ALTER TABLE rows.u_sample ALTER name SET DEFAULT 'forged', ADD CONSTRAINT refuses CHECK (name <> 'wanted')`,
      [
        ...['constraint refuses of rows.u_sample', 'default of name of rows.u_sample'],
        ...['expression of rows.spies', 'function rows.forge', 'function rows.runs'],
        ...['rule nothing of rows.u_sample', 'trigger forges of rows.u_sample'],
      ],
      `DROP RULE nothing ON rows.u_sample; DROP FUNCTION rows.forge, rows.runs CASCADE;
     ALTER TABLE rows.u_sample ALTER name DROP DEFAULT, DROP CONSTRAINT refuses`,
    ],
    [
      'rights on rows for PUBLIC, too many rights for the hub, and another owner',
      `GRANT SELECT ON rows.u_sample TO PUBLIC; GRANT TRIGGER ON rows.u_sample TO datong_app; ALTER TABLE rows.u_other OWNER TO CURRENT_USER`,
      [
        ...['grants on rows.u_sample to PUBLIC', 'grants on rows.u_sample to datong_app'],
        ...['owner of rows.u_other'],
      ],
      `REVOKE ALL ON rows.u_sample FROM PUBLIC; REVOKE TRIGGER ON rows.u_sample FROM datong_app; ALTER TABLE rows.u_other OWNER TO datong_owner`,
    ],
    [
      'a trigger, a default, rights and a rule on one partition of the log',
      `CREATE FUNCTION forge() ${trigger}; CREATE TRIGGER forges BEFORE INSERT ON audit_entry_0 FOR EACH ROW EXECUTE FUNCTION forge();
     ALTER TABLE audit_entry_0 ALTER code SET DEFAULT 'forged'; GRANT SELECT, DELETE ON audit_entry_0 TO datong_app;
     CREATE RULE nothing AS ON DELETE TO audit_entry_0 DO INSTEAD NOTHING`,
      [
        ...['default of code of audit_entry_0', 'function forge', 'grants on audit_entry_0 to datong_app'],
        ...['rule nothing of audit_entry_0', 'trigger forges of audit_entry_0'],
      ],
      `DROP FUNCTION forge CASCADE; ALTER TABLE audit_entry_0 ALTER code DROP DEFAULT; REVOKE ALL ON audit_entry_0 FROM datong_app;
     DROP RULE nothing ON audit_entry_0`,
    ],
    [
      'another collation of a column of rows, of a table of the hub, and of an index',
      `ALTER TABLE rows.u_sample ALTER name TYPE text COLLATE "POSIX"; ALTER TABLE job ALTER outcome TYPE text COLLATE "C";
     CREATE INDEX sorts ON rows.u_other (name COLLATE "ucs_basic")`,
      ['collation of name of rows.sorts', 'collation of name of rows.u_sample', 'table job'],
      `ALTER TABLE rows.u_sample ALTER name TYPE text COLLATE "C"; ALTER TABLE job ALTER outcome TYPE text COLLATE "default"; DROP INDEX rows.sorts`,
    ],
    [
      'a partition of the log and one of a dataset that are detached',
      `CREATE TABLE rows.u_parts (name text COLLATE "C") PARTITION BY RANGE (name); ALTER TABLE rows.u_parts OWNER TO datong_owner;
     CREATE TABLE rows.u_parts_2024 PARTITION OF rows.u_parts FOR VALUES FROM ('2024') TO ('2025'); ALTER TABLE rows.u_parts_2024 OWNER TO datong_owner;
     ALTER TABLE rows.u_parts DETACH PARTITION rows.u_parts_2024;
     CREATE TABLE audit_entry_more PARTITION OF audit_entry FOR VALUES FROM (8000000000) TO (9000000000); ALTER TABLE audit_entry DETACH PARTITION audit_entry_more`,
      ['table audit_entry_more', 'table rows.u_parts_2024'],
      `DROP TABLE rows.u_parts, rows.u_parts_2024, audit_entry_more`,
    ],
    [
      'a partitioned table that hides its partitions, an index that is not maintained, a table that hides its indexes',
      `CREATE TABLE rows.u_parts (name text COLLATE "C") PARTITION BY RANGE (name); ALTER TABLE rows.u_parts OWNER TO datong_owner;
     CREATE TABLE rows.u_parts_2024 PARTITION OF rows.u_parts FOR VALUES FROM ('2024') TO ('2025'); ALTER TABLE rows.u_parts_2024 OWNER TO datong_owner;
     UPDATE pg_class SET relhassubclass = false WHERE oid = 'rows.u_parts'::regclass;
     UPDATE pg_index SET indisready = false WHERE indexrelid = 'matter_pkey'::regclass;
     UPDATE pg_class SET relhasindex = false WHERE oid = 'demand'::regclass`,
      ['flags of index matter_pkey', 'hidden children of rows.u_parts', 'hidden indexes of demand'],
      `DROP TABLE rows.u_parts_2024, rows.u_parts; UPDATE pg_index SET indisready = true WHERE indexrelid = 'matter_pkey'::regclass;
     UPDATE pg_class SET relhasindex = true WHERE oid = 'demand'::regclass`,
    ],
    [
      'tables that a crash of the server would empty, and statistics that run code',
      `CREATE FUNCTION forge(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT $1'; CREATE STATISTICS spies ON forge(name), name FROM rows.u_other;
     ALTER TABLE row_seal SET UNLOGGED; ALTER TABLE rows.u_other SET UNLOGGED`,
      ['function forge', 'statistics spies of rows.u_other', 'unlogged row_seal', 'unlogged rows.u_other'],
      `DROP STATISTICS spies; DROP FUNCTION forge; ALTER TABLE row_seal SET LOGGED; ALTER TABLE rows.u_other SET LOGGED`,
    ],
    [
      'settings of the database and of the roles of the hub in it',
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET synchronous_commit = off; ALTER DATABASE %1$I SET default_transaction_isolation = serializable;
         ALTER ROLE datong_app IN DATABASE %1$I SET row_security = on; ALTER ROLE datong_app IN DATABASE %1$I SET timezone = ''UTC'';
         ALTER ROLE datong_owner IN DATABASE %1$I SET search_path = rows, public;
         ALTER ROLE datong_owner IN DATABASE %1$I SET session_replication_role = replica', current_database()); END $$`,
      [
        ...[
          'setting default_transaction_isolation of the database',
          'setting row_security of role datong_app',
        ],
        ...[
          'setting search_path of role datong_owner',
          'setting session_replication_role of role datong_owner',
        ],
        'setting synchronous_commit of the database',
      ],
      `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I RESET ALL; ALTER ROLE datong_app IN DATABASE %1$I RESET ALL; ALTER ROLE datong_owner IN DATABASE %1$I RESET ALL', current_database()); END $$`,
    ],
  ];

// as the hub makes tables of datasets
await database.owner.query(`
  CREATE TABLE rows.u_sample (name text COLLATE "C", _batch uuid NOT NULL, _row bigint GENERATED ALWAYS AS IDENTITY, UNIQUE (_row));
  INSERT INTO rows.u_sample (name, _batch) VALUES ('true', gen_random_uuid());
  GRANT SELECT, INSERT, UPDATE, DELETE ON rows.u_sample TO datong_app; CREATE TABLE rows.u_other (name text COLLATE "C")`);

test('a database that the hub made has no finding', async () => {
  assert.deepEqual(await found(), []);
});

for (const [name, does, finds, undoes] of attacks)
  test(`${name}: each object is named`, async () => {
    const restored =
      undoes === ''
        ? (
            await administrator.query<{ text: string }>(
              `SELECT format('ALTER TABLE credential ALTER issued_at SET DEFAULT %s; ALTER TABLE paper_consent ADD CONSTRAINT paper_consent_check %s',
                 (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_attrdef AS d JOIN pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
                   WHERE d.adrelid = 'credential'::regclass AND a.attname = 'issued_at'),
                 (SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'paper_consent_check')) AS text`,
            )
          ).rows[0]?.text
        : undoes;
    await administrator.query(does);
    try {
      const names = await found();
      for (const object of finds)
        assert.ok(names.includes(object), `${object} is not among ${names.join(', ')}`);
    } finally {
      await administrator.query(restored ?? '');
    }
    const left = await found();
    assert.deepEqual(
      left.filter((object) => object !== 'table catalogue_entry'),
      [],
    );
  });

test('a view in place of a table of rows gives the hub another value: the view is named', async () => {
  const read = async (): Promise<unknown> =>
    (await database.app.query('SELECT name FROM rows.u_sample')).rows;
  await administrator.query(`ALTER TABLE rows.u_sample RENAME TO u_hidden;
    CREATE VIEW rows.u_sample AS SELECT 'false'::text AS name FROM rows.u_hidden; GRANT SELECT ON rows.u_sample TO datong_app`);
  assert.deepEqual(await read(), [{ name: 'false' }]);
  assert.ok((await found()).includes('relation rows.u_sample'));
  await administrator.query(
    'DROP VIEW rows.u_sample; ALTER TABLE rows.u_hidden RENAME TO u_sample; GRANT SELECT ON rows.u_sample TO datong_app',
  );
  assert.deepEqual(await read(), [{ name: 'true' }]);
});

test('while the database records a newer migration, findings of the catalogue remain as they are', async () => {
  await administrator.query("CREATE COLLATION loose (LOCALE = 'C')");
  assert.ok((await found()).includes('collation loose'));
  await administrator.query(
    `INSERT INTO migration (name, batch, migration_time) VALUES ('9999_newer', 2, now()); DROP COLLATION loose`,
  );
  assert.ok((await found()).includes('collation loose'));
  await administrator.query(`DELETE FROM migration WHERE name = '9999_newer'`);
  assert.ok(!(await found()).includes('collation loose'));
});

for (const name of [
  'append_flush',
  'note_row',
  'standing_terms',
  'destroy_entries',
  'keep_schema_version',
  'remove_found_row',
])
  test(`another body of ${name}, or other settings of it: it is named`, async () => {
    const before = await definition(name);
    for (const altered of [before.replace(/\bBEGIN\b/, 'BEGIN PERFORM 1;'), undefined]) {
      await administrator.query(altered ?? `ALTER FUNCTION ${name} SET work_mem = '64MB'`);
      assert.ok((await found()).includes(`function ${name}`));
      await administrator.query(
        altered === undefined ? `ALTER FUNCTION ${name} RESET ALL; ${before}` : before,
      );
      assert.deepEqual(
        (await found()).filter((object) => object !== 'table catalogue_entry'),
        [],
      );
    }
  });
