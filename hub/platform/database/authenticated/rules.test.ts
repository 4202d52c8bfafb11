/** Every table and column of the schema has a rule, and the triggers are those of the rules. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { migrationFunctions } from '../../../../migrations/index.ts';
import { testDatabase } from '../../../../tests/database.ts';
import { nonEmpty } from '../../../../tests/nonEmpty.ts';
import { openTables } from './openTables.ts';
import { isSealed, jsonColumns, ruleOf, sealedNames, type SealedName, type SealedTable } from './rules.ts';

const database = await testDatabase();

test('each table is sealed or has a reason why not, and no rule is about a table that is not there', async () => {
  const { rows } = await database.owner.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
        AND NOT relispartition AND relname NOT LIKE 'migration%' ORDER BY relname`,
  );
  assert.ok(rows.length > 90);
  assert.deepEqual(rows.map(({ name }) => name).sort(), [...sealedNames, ...Object.keys(openTables)].sort());
  assert.deepEqual(
    Object.entries(openTables).filter(([, reason]) => reason.length <= 5),
    [],
  );
});

test('each column of a sealed table is sealed or has a reason why not', async () => {
  for (const name of nonEmpty(sealedNames)) {
    const { rows } = await database.owner.query<{ column: string }>(
      `SELECT attname AS column FROM pg_attribute WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped`,
      [name],
    );
    const rule: SealedTable = ruleOf(name);
    const ruled = [...rule.sealed, ...Object.keys(rule.open)];
    assert.deepEqual(ruled.sort(), rows.map(({ column }) => column).sort(), name);
  }
});

test('the key of a rule is that of the table', async () => {
  for (const name of nonEmpty(sealedNames)) {
    const { rows } = await database.owner.query<{ columns: string[] }>(
      `SELECT ARRAY(SELECT a.attname::text FROM unnest(i.indkey) WITH ORDINALITY AS k (attnum, n)
                      JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum ORDER BY k.n) AS columns
         FROM pg_index AS i WHERE i.indrelid = $1::regclass AND i.indisunique AND i.indpred IS NULL`,
      [name],
    );
    const key = Object.keys(ruleOf(name).key).sort();
    assert.ok(
      rows.some(({ columns }) => columns.toSorted().join() === key.join()),
      `${name}: no unique index over ${key.join()}`,
    );
  }
});

test('every trigger of the schema calls a function that migrations make', async () => {
  const { rows } = await database.owner.query<{ name: string }>(
    `SELECT DISTINCT p.proname AS name FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid JOIN pg_class AS c ON c.oid = t.tgrelid
      WHERE (NOT t.tgisinternal OR t.tgfoid >= 16384) AND c.relnamespace = 'public'::regnamespace ORDER BY 1`,
  );
  assert.ok(rows.length >= 5);
  for (const { name } of rows) assert.ok(migrationFunctions().has(name), name);
});

test('each sealed column of the type jsonb is named', async () => {
  const { rows } = await database.owner.query<{ name: string; column: string }>(
    `SELECT c.relname AS name, a.attname AS column FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
      WHERE a.atttypid IN ('jsonb'::regtype, 'json'::regtype) AND c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'`,
  );
  const found = rows.filter(({ name, column }) => isSealed(name) && ruleOf(name).sealed.includes(column));
  assert.deepEqual(
    found.map(({ name, column }) => `${name} ${column}`).sort(),
    Object.entries(jsonColumns)
      .flatMap(([name, columns]) => columns.map((column) => `${name} ${column}`))
      .sort(),
  );
});

/** The trigger of a table, as migrations create it. */
function triggerOf(name: SealedName): string {
  const { key, sealed } = ruleOf(name);
  const quoted = sealed.map((column) => `"${column}"`).join(', ');
  return (
    `CREATE TRIGGER row_is_noted AFTER INSERT OR DELETE OR UPDATE OF ${quoted} ON ${name}\n` +
    `  FOR EACH ROW EXECUTE FUNCTION note_row('${Object.keys(key).join(',')}', '${sealed.join(',')}');`
  );
}

test('each sealed table has the trigger of its rule, and no other table has it', async () => {
  const { rows } = await database.owner.query<{ name: string; definition: string }>(
    `SELECT c.relname AS name, pg_get_triggerdef(t.oid) AS definition FROM pg_trigger AS t JOIN pg_class AS c ON c.oid = t.tgrelid
      WHERE t.tgname = 'row_is_noted' ORDER BY c.relname`,
  );
  const plain = (text: string): string => text.replaceAll(/"|public\.|;/g, '').replaceAll(/\s+/g, ' ');
  assert.deepEqual(
    rows.map(({ definition }) => plain(definition)),
    [...sealedNames].sort().map((name) => plain(triggerOf(name))),
  );
});
