/** docs/how-to/add-a-migration.md, as it is written: its migration runs, and its commands exist and do what the page says. */
import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { migrate } from '../../hub/platform/database/migrate.ts';
import { migrationNames, migrationsFolder, migrationsIn } from '../../migrations/index.ts';
import { schemaPath, writeSchemaFile } from '../../scripts/schemaFile.ts';
import { testDatabase } from '../database.ts';
import { nonEmpty } from '../nonEmpty.ts';

const root = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(root, 'docs/how-to/add-a-migration.md'), 'utf8');
const blocks = (language: string): string[] =>
  [...page.matchAll(new RegExp(`^ *\`\`\`${language}\\n([^]*?)^ *\`\`\``, 'gm'))].map(([, text = '']) =>
    text.replaceAll(/^ {3}/gm, ''),
  );

// a copy, so that no other test meets the migration
const folder = mkdtempSync(join(tmpdir(), 'datong-how-to-'));
after(() => rmSync(folder, { recursive: true, force: true }));
cpSync(migrationsFolder, folder, { recursive: true });
const database = await testDatabase();

test('the migration of the page runs once, and gives what it grants', async () => {
  const [, name = ''] = /here `\d{4}_(\w+)\.sql`/.exec(page) ?? [];
  const added = `${String(migrationNames.length + 1).padStart(4, '0')}_${name}`;
  const [sql] = blocks('sql');
  assert.ok(name !== '' && sql !== undefined);
  writeFileSync(join(folder, `${added}.sql`), sql);
  assert.deepEqual(migrationsIn(folder), [...migrationNames, added]);
  assert.deepEqual(await migrate(database, { folder }), [added]);
  assert.deepEqual(await migrate(database, { folder }), []);
  await database.app.query("UPDATE department SET telephone = '010-1234'");
  await assert.rejects(database.app.query("UPDATE department SET code = 'x'"), { code: '42501' });
});

test('npm run generate shows what changed in schema.sql', async () => {
  const copy = join(folder, 'schema.sql');
  assert.equal(await writeSchemaFile(database.owner, copy), true);
  assert.equal(await writeSchemaFile(database.owner, copy), false);
  const linesOf = (path: string): string[] =>
    readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.trim().replace(/,$/, ''));
  const before = new Set(linesOf(schemaPath));
  assert.deepEqual(
    linesOf(copy).filter((line) => !before.has(line)),
    [
      'telephone text',
      'CONSTRAINT department_telephone_check CHECK ((length(telephone) <= 40))',
      'GRANT UPDATE (telephone) ON department TO datong_app;',
    ],
  );
});

test('every command of the page exists', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const commands = blocks('sh').flatMap((text) => text.trim().split('\n'));
  assert.deepEqual(
    commands.map((command) => command.split(' ').slice(0, 3).join(' ')),
    ['npm run generate', 'git diff migrations/schema.sql', 'npm test --'],
  );
  assert.ok(scripts['generate'] !== undefined && scripts['test'] !== undefined);
  const paths = commands.flatMap((command) => command.split(' ').filter((word) => word.includes('/')));
  for (const path of nonEmpty(paths)) assert.ok(existsSync(join(root, path)), path);
});
