/**
 * A database administrator alters the catalogue instead of rows: views in place of tables, functions, rules, operators. The job `verifyRows`
 * names each object at its next run, and the finding ends when the object is as before.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import pg from 'pg';
import { connectionOf } from '../../hub/platform/database/connection.ts';
import { testDatabase } from '../database.ts';
import { sampleCity, testHub } from '../hub.ts';

const database = await testDatabase();
const hub = await testHub({ database, jobsByTime: false });
await sampleCity(hub);
const administrator = new pg.Client(connectionOf(database.address));
administrator.on('error', () => undefined);
await administrator.connect();
after(async () => {
  await administrator.end();
  await hub.stop();
});

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
      'rights for everybody',
      `GRANT UPDATE ON row_sum TO PUBLIC; GRANT EXECUTE ON FUNCTION remove_found_row TO PUBLIC`,
      ['grants on function remove_found_row', 'grants on row_sum'],
      `REVOKE UPDATE ON row_sum FROM PUBLIC; REVOKE EXECUTE ON FUNCTION remove_found_row FROM PUBLIC`,
    ],
  ];

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
