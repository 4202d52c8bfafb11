/** Every place that starts a thread or a program, or gathers bytes in memory, is listed with its bound in bounds.md. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

const starts = /new Worker\(|from 'node:(?:child_process|cluster)'/;
const gathers = /Buffer\.concat\(/;

/** What they gather has a fixed length, or was all there before. */
const ofFixedLength: Readonly<Record<string, string>> = {
  'hub/identity/sessions/challenge.ts': 'a challenge of some 60 bytes',
  'hub/identity/sessions/signInByCode.ts': 'a secret of 20 bytes',
  'hub/flows/cursor.ts': 'a cursor, which is itself bounded by the contract',
  'hub/platform/http/sockets/webSockets.ts': 'the head of a handshake before a body that is there',
};

const sources = (folder: string): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${folder}/${file}`)
    .filter((file) => /\.(?:ts|mjs)$/.test(file) && !/\.test\.ts$|fixtures\/|node_modules/.test(file))
    .sort();

const hubFiles = ['hub', 'machine', 'adapters', 'policies', 'schemas'].flatMap(sources);
const places = hubFiles.filter((file) => {
  const text = read(file);
  return starts.test(text) || (gathers.test(text) && ofFixedLength[file] === undefined);
});

const page = 'tests/docs/bounds.md';
/** Rows of the table of bounds. */
const rows = read(page)
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .slice(2);

/** The places that no row names, by file or by folder. */
function unbounded(files: readonly string[]): readonly string[] {
  const named = rows.flatMap((row) => [...row.matchAll(/`([a-z]+\/[^`]*)`/g)].map(([, name]) => name ?? ''));
  return files.filter(
    (file) => !named.some((name) => name === file || (name.endsWith('/') && file.startsWith(name))),
  );
}

test('the places are found: threads, programs, bytes', () => {
  for (const file of [
    'machine/guardedLint.ts',
    'hub/platform/postgres/launchServer.ts',
    'hub/platform/http/bodies/readBody.ts',
  ])
    assert.ok(places.includes(file), file);
});

test('each place that starts a thread or a program, or gathers bytes, has its bound', () => {
  assert.ok(rows.length > 10);
  assert.deepEqual(unbounded(places), [], `add it to ${page} with its bound`);
  for (const row of rows) {
    const [, , inAll = '', ofOne = ''] = row.split('|').map((cell) => cell.trim());
    assert.ok(/\d|record length/.test(`${inAll} ${ofOne}`), `no bound: ${row}`);
  }
  const named = rows.flatMap((row) =>
    [...row.matchAll(/`((?:hub|machine|adapters)\/[^`]*\.ts)`/g)].map(([, n]) => n),
  );
  assert.deepEqual(
    named.filter((file) => !hubFiles.includes(file ?? '')),
    [],
    'files that are there',
  );
});

test('a new place without a bound is found', () => {
  assert.match('const one = new Worker(url);', starts);
  assert.deepEqual(unbounded(['hub/operations/newThread.ts']), ['hub/operations/newThread.ts']);
});
