/**
 * A database administrator has an object of the server call a function of theirs: an operator, a cast, an aggregate, a type. Each column of
 * the catalogue that names such a function is compared before rows are sealed.
 */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { administratorSession } from '../administratorSession.ts';
import { cityHub } from '../cityHub.ts';
import { foundBy } from './carriers.ts';

const { database, hub } = await cityHub({ jobsByTime: false });
const administrator = await administratorSession(database);
after(() => hub.stop());
// no statement of the hub uses the objects below, so the functions need not fit
await administrator.query(`CREATE SCHEMA other;
  CREATE FUNCTION other.evil(macaddr8, macaddr8) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN true; END';
  CREATE OPERATOR other.=== (LEFTARG = macaddr8, RIGHTARG = macaddr8, FUNCTION = other.evil);
  CREATE FUNCTION other.model(boolean DEFAULT other.evil(NULL, NULL)) RETURNS boolean LANGUAGE sql AS 'SELECT $1'`);

const evil = `'other.evil(macaddr8, macaddr8)'::regprocedure`;
const family = `(SELECT opcfamily FROM pg_opclass AS o JOIN pg_am AS m ON m.oid = o.opcmethod WHERE opcname = 'macaddr8_ops' AND amname = 'btree')`;

/** Columns of the catalogue, and the row of each table whose columns are altered. */
const columns: readonly (readonly [table: string, columns: readonly string[], row: string])[] = [
  ['pg_operator', ['oprcode', 'oprrest', 'oprjoin'], `oid = '#(bigint, bigint)'::regoperator`],
  ['pg_cast', ['castfunc'], `castsource = 'money'::regtype AND casttarget = 'numeric'::regtype`],
  [
    'pg_aggregate',
    [
      ...['aggtransfn', 'aggfinalfn', 'aggcombinefn', 'aggserialfn'],
      ...['aggdeserialfn', 'aggmtransfn', 'aggminvtransfn', 'aggmfinalfn'],
    ],
    `aggfnoid = 'corr(float8, float8)'::regprocedure`,
  ],
  ['pg_amproc', ['amproc'], `amprocfamily = ${family} AND amprocnum = 1`],
  ['pg_amop', ['amopopr'], `amopfamily = ${family} AND amopstrategy = 3`],
  ['pg_am', ['amhandler'], `amname = 'brin'`],
  ['pg_language', ['lanplcallfoid', 'laninline', 'lanvalidator'], `lanname = 'c'`],
  [
    'pg_type',
    [
      ...['typinput', 'typoutput', 'typreceive', 'typsend'],
      ...['typanalyze', 'typsubscript', 'typmodin', 'typmodout'],
    ],
    `oid = 'macaddr8'::regtype`,
  ],
  ['pg_range', ['rngcanonical', 'rngsubdiff'], `rngtypid = 'int8range'::regtype`],
  ['pg_proc', ['prosupport'], `oid = 'macaddr8_and(macaddr8, macaddr8)'::regprocedure`],
  ['pg_ts_template', ['tmplinit', 'tmpllexize'], `tmplname = 'ispell'`],
  ['pg_ts_parser', ['prsstart', 'prstoken', 'prsend', 'prsheadline', 'prslextype'], `prsname = 'default'`],
];

/** What the column is set to, and the type of its values. */
const valueOf = (column: string): string =>
  column === 'amopopr' ? `'other.===(macaddr8, macaddr8)'::regoperator` : evil;

const attacks = [
  ...columns.flatMap(([table, names, row]) =>
    names.map((column) => ({ table, column, row, value: `${valueOf(column)}::oid` })),
  ),
  // a function of the server in another language
  {
    table: 'pg_proc',
    column: 'prolang',
    row: `oid = 'macaddr8_not(macaddr8)'::regprocedure`,
    value: `(SELECT oid FROM pg_language WHERE lanname = 'plpgsql')`,
  },
  // an argument that a call leaves out
  {
    table: 'pg_proc',
    column: 'proargdefaults',
    row: `oid = 'parse_ident(text, boolean)'::regprocedure`,
    value: `(SELECT proargdefaults FROM pg_proc WHERE oid = 'other.model(boolean)'::regprocedure)`,
  },
];

test('the server as it is has no such object', async () => {
  assert.ok(await hub.token('before', ['clerk']));
});

for (const [nth, { table, column, row, value }] of attacks.entries())
  test(`${table}.${column} of an object of the server names code of a user: acts of the hub are refused while it does`, async () => {
    const { rowCount } = await administrator.query(
      `CREATE TABLE other.former AS SELECT ${column} AS value FROM ${table} WHERE ${row}`,
    );
    assert.equal(rowCount, 1, 'one object is altered');
    await administrator.query(`UPDATE ${table} SET ${column} = ${value} WHERE ${row}`);
    try {
      await assert.rejects(hub.token(`clerk ${nth}`, ['clerk']), { code: 'rows_unauthenticated' });
    } finally {
      await administrator.query(`UPDATE ${table} SET ${column} = value FROM other.former WHERE ${row}`);
      await administrator.query('DROP TABLE other.former');
    }
    assert.ok(await hub.token(`clerk again ${nth}`, ['clerk']));
  });

test('a class of operators that a type of the server takes without one: acts of the hub are refused while it is there', async () => {
  await administrator.query(
    `CREATE FUNCTION other.hash(json) RETURNS integer LANGUAGE plpgsql AS 'BEGIN RETURN 1; END';
     CREATE OPERATOR CLASS other.by_hash DEFAULT FOR TYPE json USING hash AS FUNCTION 1 other.hash(json)`,
  );
  await assert.rejects(hub.token('with a class', ['clerk']), { code: 'rows_unauthenticated' });
  await administrator.query('DROP OPERATOR FAMILY other.by_hash USING hash CASCADE');
  assert.ok(await hub.token('without a class', ['clerk']));
});

test('afterwards nothing is found', async () => {
  await administrator.query('DROP OPERATOR other.=== (macaddr8, macaddr8)');
  assert.deepEqual(await foundBy(hub, administrator), []);
});
