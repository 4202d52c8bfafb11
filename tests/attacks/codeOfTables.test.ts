/**
 * A database administrator hides code in the tables of the hub: the catalogue records no dependency, the text names another function, or
 * the server runs a text. Acts of the hub are refused while it is there.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { carrierTests, evilIn, foundBy, type Carrier } from './carriers.ts';

const { database, hub } = await cityHub({ jobsByTime: false });

/** A session past the hub, of a superuser. */
const administrator = await administratorSession(database);
after(() => hub.stop());
await administrator.query('CREATE SCHEMA other');
await administrator.query('GRANT USAGE ON SCHEMA other TO datong_app, datong_owner');
await administrator.query(evilIn('other'));
// as the hub makes tables of datasets
await database.owner.query('CREATE TABLE rows.u_sample (name text COLLATE "C", _batch uuid NOT NULL)');

const runText = `query_to_xml('SELECT other.evil()', true, false, '') IS NOT NULL`;

/** A trigger whose function is in another schema, on a table there. */
const onOther = (table: string): readonly string[] => [
  `CREATE FUNCTION other.evil_row() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM other.evil(); RETURN NEW; END $$`,
  `CREATE TRIGGER evil BEFORE UPDATE ON ${table} FOR EACH ROW EXECUTE FUNCTION other.evil_row()`,
];

/** An operator with its class, the default one except for text, whose functions are code. */
const orderOf = (type: string): readonly string[] => [
  `CREATE FUNCTION other.less(${type}, ${type}) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN other.evil(); END $$`,
  `CREATE FUNCTION other.compare(${type}, ${type}) RETURNS integer LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN PERFORM other.evil(); RETURN 0; END $$`,
  `CREATE OPERATOR other.< (LEFTARG = ${type}, RIGHTARG = ${type}, FUNCTION = other.less)`,
  `CREATE OPERATOR CLASS other.evil_ops ${type === 'text' ? '' : 'DEFAULT '}FOR TYPE ${type} USING btree AS OPERATOR 1 other.<, FUNCTION 1 other.compare(${type}, ${type})`,
];

/** Deletes what the catalogue records of tables and conditions that use it. */
const withoutOrder = `DELETE FROM pg_depend WHERE classid IN ('pg_class'::regclass, 'pg_constraint'::regclass) AND refobjid >= 16384
  AND refclassid IN ('pg_operator'::regclass, 'pg_opclass'::regclass, 'pg_opfamily'::regclass)`;

const dropOrder = (type: string): readonly string[] => [
  'DROP OPERATOR FAMILY other.evil_ops USING btree CASCADE',
  `DROP OPERATOR other.< (${type}, ${type})`,
  `DROP FUNCTION other.less(${type}, ${type}), other.compare(${type}, ${type})`,
];

const saveView = `CREATE TABLE other.former AS SELECT pg_get_viewdef('public.held_dataset'::regclass) AS text`;
const restoreView = `DO $$ BEGIN EXECUTE 'CREATE OR REPLACE VIEW public.held_dataset AS ' || (SELECT text FROM other.former); END $$`;
/** Stored expressions of `credential` that compare texts. */
const saveTrees = `CREATE TABLE other.former AS SELECT oid AS id, conbin::text AS tree FROM pg_constraint
  WHERE conrelid = 'public.credential'::regclass AND contype = 'c' AND conbin::text LIKE '%:opfuncid 67 %'`;

const carriers: readonly Carrier[] = [
  [
    'a condition whose dependency was deleted from the catalogue',
    [
      'ALTER TABLE public.credential ADD CONSTRAINT evil CHECK (other.evil()) NOT VALID',
      `DELETE FROM pg_depend WHERE refclassid = 'pg_proc'::regclass AND refobjid = 'other.evil()'::regprocedure`,
    ],
    ['ALTER TABLE public.credential DROP CONSTRAINT evil'],
  ],
  [
    'a condition that has the server run a text',
    [`ALTER TABLE public.credential ADD CONSTRAINT evil CHECK (${runText}) NOT VALID`],
    ['ALTER TABLE public.credential DROP CONSTRAINT evil'],
  ],
  [
    'a condition of a table that has no code otherwise',
    [`ALTER TABLE public.saved_search ADD CONSTRAINT evil CHECK (${runText}) NOT VALID`],
    ['ALTER TABLE public.saved_search DROP CONSTRAINT evil'],
  ],
  [
    'a condition of a table of rows that has the server run a text',
    [`ALTER TABLE rows.u_sample ADD CONSTRAINT evil CHECK (${runText}) NOT VALID`],
    ['ALTER TABLE rows.u_sample DROP CONSTRAINT evil'],
  ],
  [
    'a condition of one partition of the log that has the server run a text',
    [`ALTER TABLE public.audit_entry_0 ADD CONSTRAINT evil CHECK (${runText}) NOT VALID`],
    ['ALTER TABLE public.audit_entry_0 DROP CONSTRAINT evil'],
  ],
  [
    'a condition of the hub whose stored expression calls another function than its operator',
    [
      `CREATE FUNCTION other.evil_equal(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN PERFORM other.evil(); RETURN true; END $$`,
      'CREATE CAST (text AS pg_node_tree) WITHOUT FUNCTION',
      saveTrees,
      `UPDATE pg_constraint SET conbin = replace(conbin::text, ':opfuncid 67 ', format(':opfuncid %s ', 'other.evil_equal(text, text)'::regprocedure::oid))::pg_node_tree
        WHERE oid IN (SELECT id FROM other.former)`,
      `UPDATE pg_class SET relpages = relpages WHERE oid = 'public.credential'::regclass`,
      'DROP CAST (text AS pg_node_tree)',
    ],
    [
      'CREATE CAST (text AS pg_node_tree) WITHOUT FUNCTION',
      'UPDATE pg_constraint SET conbin = tree::pg_node_tree FROM other.former WHERE oid = id',
      `UPDATE pg_class SET relpages = relpages WHERE oid = 'public.credential'::regclass`,
      'DROP CAST (text AS pg_node_tree)',
      'DROP TABLE other.former',
      'DROP FUNCTION other.evil_equal(text, text)',
    ],
  ],
  [
    'another constant as the default of a column',
    [
      `CREATE TABLE other.former AS SELECT pg_get_expr(adbin, adrelid) AS text FROM pg_attrdef WHERE adrelid = 'public.person'::regclass
        AND adnum = (SELECT attnum FROM pg_attribute WHERE attrelid = adrelid AND attname = 'made_at')`,
      `ALTER TABLE public.person ALTER made_at SET DEFAULT '2099-01-01'`,
    ],
    [
      `DO $$ BEGIN EXECUTE 'ALTER TABLE public.person ALTER made_at SET DEFAULT ' || (SELECT text FROM other.former); END $$`,
      'DROP TABLE other.former',
    ],
  ],
  [
    'a foreign key that deletes rows',
    [
      'ALTER TABLE public.stand_in ADD CONSTRAINT evil FOREIGN KEY (person) REFERENCES public.person (id) ON DELETE CASCADE NOT VALID',
    ],
    ['ALTER TABLE public.stand_in DROP CONSTRAINT evil'],
  ],
  [
    'an index whose expression has no dependency in the catalogue',
    [
      `CREATE FUNCTION other.same(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1; END $$`,
      'CREATE INDEX evil ON public.matter (other.same(code))',
      `DELETE FROM pg_depend WHERE refclassid = 'pg_proc'::regclass AND refobjid = 'other.same(text)'::regprocedure`,
    ],
    ['DROP INDEX public.evil', 'DROP FUNCTION other.same(text)'],
  ],
  [
    'a column of a type of a user without a dependency in the catalogue',
    [
      'CREATE DOMAIN other.short AS text CHECK (VALUE IS NULL OR other.evil())',
      `UPDATE pg_attribute SET atttypid = 'other.short'::regtype WHERE attrelid = 'public.stand_in'::regclass AND attname = 'why'`,
    ],
    [
      `UPDATE pg_attribute SET atttypid = 'text'::regtype WHERE attrelid = 'public.stand_in'::regclass AND attname = 'why'`,
      'DROP DOMAIN other.short',
    ],
  ],
  [
    'a table of rows that is partitioned by an expression without a dependency in the catalogue',
    [
      `CREATE FUNCTION other.same(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1; END $$`,
      'CREATE TABLE rows.u_parts (name text COLLATE "C") PARTITION BY RANGE (other.same(name))',
      `DELETE FROM pg_depend WHERE refclassid = 'pg_proc'::regclass AND refobjid = 'other.same(text)'::regprocedure`,
    ],
    ['DROP TABLE rows.u_parts', 'DROP FUNCTION other.same(text)'],
  ],
  [
    'a table of rows that is partitioned by an operator class without a dependency in the catalogue',
    [
      ...orderOf('text'),
      'CREATE TABLE rows.u_parts (name text COLLATE "C") PARTITION BY RANGE (name other.evil_ops)',
      withoutOrder,
    ],
    ['DROP TABLE rows.u_parts', ...dropOrder('text')],
  ],
  [
    'a bound of a partition of rows that calls a function',
    [
      'CREATE TABLE other.model (value boolean DEFAULT other.evil())',
      'CREATE TABLE rows.u_parts (name text COLLATE "C") PARTITION BY RANGE (name)',
      `CREATE TABLE rows.u_parts_a PARTITION OF rows.u_parts FOR VALUES FROM ('a') TO ('b')`,
      `CREATE TABLE other.former AS SELECT relpartbound AS bound FROM pg_class WHERE oid = 'rows.u_parts_a'::regclass`,
      `UPDATE pg_class SET relpartbound = (SELECT adbin FROM pg_attrdef WHERE adrelid = 'other.model'::regclass) WHERE oid = 'rows.u_parts_a'::regclass`,
    ],
    [
      `UPDATE pg_class SET relpartbound = bound FROM other.former WHERE oid = 'rows.u_parts_a'::regclass`,
      'DROP TABLE rows.u_parts, other.former, other.model',
    ],
  ],
  [
    'a condition that compares rows by operators without a dependency in the catalogue',
    [
      ...orderOf('text'),
      'ALTER TABLE public.credential ADD CONSTRAINT evil CHECK (ROW (label, hash) OPERATOR(other.<) ROW (hash, label)) NOT VALID',
      withoutOrder,
    ],
    ['ALTER TABLE public.credential DROP CONSTRAINT evil', ...dropOrder('text')],
  ],
  [
    'a condition that compares arrays of a type of a user without a dependency in the catalogue',
    [
      `CREATE TYPE other.mood AS ENUM ('a', 'b')`,
      ...orderOf('other.mood'),
      `ALTER TABLE rows.u_sample ADD CONSTRAINT evil CHECK (ARRAY['a'::other.mood] < ARRAY['b'::other.mood]) NOT VALID`,
      withoutOrder,
      `DELETE FROM pg_depend WHERE classid = 'pg_constraint'::regclass AND refclassid = 'pg_type'::regclass AND refobjid >= 16384`,
    ],
    ['ALTER TABLE rows.u_sample DROP CONSTRAINT evil', ...dropOrder('other.mood'), 'DROP TYPE other.mood'],
  ],
  [
    'a condition that compares arrays of a type to which the server gives no order',
    [
      ...orderOf('json'),
      `ALTER TABLE rows.u_sample ADD CONSTRAINT evil CHECK (ARRAY['1'::json] < ARRAY['2'::json]) NOT VALID`,
    ],
    ['ALTER TABLE rows.u_sample DROP CONSTRAINT evil', ...dropOrder('json')],
  ],
  [
    'a function of the hub with one more argument, whose default is code',
    [
      `DO $$ BEGIN EXECUTE replace(pg_get_functiondef('public.remove_found_digest'::regproc), '(wanted text)', '(wanted text, more boolean DEFAULT other.evil())'); END $$`,
      'ALTER FUNCTION public.remove_found_digest(text, boolean) OWNER TO datong_owner',
    ],
    ['DROP FUNCTION public.remove_found_digest(text, boolean)'],
  ],
  [
    'a function of the hub whose result is of a type of a user',
    [
      'CREATE DOMAIN other.answer AS text CHECK (VALUE IS NULL OR other.evil())',
      `UPDATE pg_proc SET prorettype = 'other.answer'::regtype WHERE oid = 'public.standing_terms'::regproc`,
    ],
    [
      `UPDATE pg_proc SET prorettype = 'text'::regtype WHERE oid = 'public.standing_terms'::regproc`,
      'DROP DOMAIN other.answer',
    ],
  ],
  [
    'a table of another schema that refers to one of the hub, with a trigger',
    [
      'CREATE TABLE other.refers (code text REFERENCES public.purpose (code) ON UPDATE CASCADE)',
      ...onOther('other.refers'),
    ],
    ['DROP TABLE other.refers', 'DROP FUNCTION other.evil_row()'],
  ],
  [
    'a table of another schema that inherits from one of the hub, with a trigger',
    ['CREATE TABLE other.child () INHERITS (public.purpose)', ...onOther('other.child')],
    ['DROP TABLE other.child', 'DROP FUNCTION other.evil_row()'],
  ],
  [
    'a table that inherits from one of the hub, with a condition',
    [
      'CREATE TABLE public.more_purposes () INHERITS (public.purpose)',
      `ALTER TABLE public.more_purposes ADD CONSTRAINT evil CHECK (${runText}) NOT VALID`,
    ],
    ['DROP TABLE public.more_purposes'],
  ],
  [
    'a view of the hub that reads a view of another schema',
    [
      saveView,
      'CREATE VIEW other.none AS SELECT NULL::text AS dataset WHERE other.evil()',
      'GRANT SELECT ON other.none TO datong_app, datong_owner',
      'CREATE OR REPLACE VIEW public.held_dataset AS SELECT dataset FROM other.none',
    ],
    [restoreView, 'DROP VIEW other.none', 'DROP TABLE other.former'],
  ],
  [
    'a view of the hub that has the server run a text',
    [
      saveView,
      `CREATE OR REPLACE VIEW public.held_dataset AS SELECT target AS dataset FROM public.legal_hold WHERE ${runText}`,
    ],
    [restoreView, 'DROP TABLE other.former'],
  ],
];
await carrierTests(hub, administrator, carriers);

test('code that changes no row, of the administrator or of a newer release: no act is refused', async () => {
  await administrator.query(`CREATE TABLE public.own_notes (id serial, made timestamptz DEFAULT now());
    ALTER TABLE rows.u_sample ADD f_kind text DEFAULT 'x'; CREATE INDEX asked ON rows.u_sample ((lower(name)), _batch);
    CREATE INDEX asked ON public.matter (lower(code));
    ALTER TABLE public.matter ADD newer text DEFAULT 'x' CHECK (newer <> ''), ADD of_purpose text REFERENCES public.purpose (code)`);
  assert.ok(await hub.token('with plain code', ['clerk']));
  const before = await foundBy(hub, administrator);
  for (const one of ['table own_notes', 'index asked', 'table matter'])
    assert.ok(before.includes(`catalogue_altered catalogue ${one}`), `${one} is not among ${before.join()}`);
  await administrator.query(
    'DROP TABLE public.own_notes, rows.u_sample; DROP INDEX public.asked; ALTER TABLE public.matter DROP newer, DROP of_purpose',
  );
  assert.deepEqual(await foundBy(hub, administrator), []);
});

test('a column with a default that takes the name of a sealed one: acts of the hub are refused', async () => {
  await administrator.query(`ALTER TABLE public.person ADD newer timestamptz DEFAULT '2099-01-01'`);
  assert.ok(await hub.token('with one more column', ['clerk']));
  await administrator.query(
    'ALTER TABLE public.person RENAME made_at TO former; ALTER TABLE public.person RENAME newer TO made_at',
  );
  await assert.rejects(hub.token('with another column', ['clerk']), { code: 'rows_unauthenticated' });
  await administrator.query(
    'ALTER TABLE public.person RENAME made_at TO newer; ALTER TABLE public.person RENAME former TO made_at; ALTER TABLE public.person DROP newer',
  );
  assert.ok(await hub.token('with the former column', ['clerk']));
  assert.deepEqual(await foundBy(hub, administrator), []);
});

test('a condition of the hub that was dropped: acts go on, and the table is found', async () => {
  await administrator.query(`CREATE TABLE other.former AS SELECT pg_get_constraintdef(oid) AS text FROM pg_constraint WHERE conname = 'paper_consent_check';
    ALTER TABLE public.paper_consent DROP CONSTRAINT paper_consent_check`);
  assert.ok(await hub.token('without a condition', ['clerk']));
  assert.deepEqual(await foundBy(hub, administrator), ['catalogue_altered catalogue table paper_consent']);
  await administrator.query(`DO $$ BEGIN EXECUTE 'ALTER TABLE public.paper_consent ADD CONSTRAINT paper_consent_check ' || (SELECT text FROM other.former); END $$;
    DROP TABLE other.former`);
  assert.deepEqual(await foundBy(hub, administrator), []);
});

test('a stored expression that calls another function of the server than its text names is found', async () => {
  await administrator.query('CREATE CAST (text AS pg_node_tree) WITHOUT FUNCTION');
  await administrator.query(saveTrees);
  const put = (tree: string): Promise<unknown> =>
    administrator.query(
      `UPDATE pg_constraint SET conbin = ${tree}::pg_node_tree FROM other.former WHERE oid = id`,
    );
  // texteq to textne
  await put(`replace(tree, ':opfuncid 67 ', ':opfuncid 157 ')`);
  await administrator.query('DROP CAST (text AS pg_node_tree)');
  assert.deepEqual(await foundBy(hub, administrator), ['catalogue_altered catalogue code of credential']);
  await administrator.query('CREATE CAST (text AS pg_node_tree) WITHOUT FUNCTION');
  await put('tree');
  await administrator.query('DROP CAST (text AS pg_node_tree); DROP TABLE other.former');
  assert.deepEqual(await foundBy(hub, administrator), []);
});
