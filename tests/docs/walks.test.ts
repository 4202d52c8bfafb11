/**
 * The two walks of ARCHITECTURE lead to the code: the files that they name, step by step, in the order in which the code takes the steps.
 * Its table of rooms is the one that is enforced.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, posix } from 'node:path';
import { describe, test } from 'node:test';
import { root } from '../../scripts/generated.ts';
import { nonEmpty } from '../nonEmpty.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** Files of each row of the table below the n-th heading that begins a walk. */
function walk(page: string, which: 1 | 2): readonly (readonly string[])[] {
  const section = read(page).split(/^## /m)[which] ?? assert.fail(`${page} has no walk ${which}`);
  const rows = section.split('\n').filter((line) => line.startsWith('| '));
  return nonEmpty(rows.slice(1)).map((row) =>
    [...row.matchAll(/`([\w/-]+\.ts)`/g)].map(([, path = '']) => path),
  );
}

/** Files that a source imports functions from, in the order in which a text calls them. */
function called(source: string, text: string): string[] {
  const files = new Map<string, string>();
  for (const [, names = '', from = ''] of read(source).matchAll(/import \{([^}]*)\} from '(\.[^']*)'/g))
    for (const name of names.split(',').map((one) => one.trim()))
      if (/^[a-z]/.test(name) && !name.startsWith('type '))
        files.set(name, posix.join(posix.dirname(source), from));
  return [...text.matchAll(/(?<![\w.])(\w+)(?:<\w+>)?\(/g)].flatMap(([, name = '']) => files.get(name) ?? []);
}

const bodyOf = (source: string, name: string): string =>
  new RegExp(`^( *)(?:export )?(?:async )?function ${name}\\b[^]*?^\\1\\}`, 'm').exec(read(source))?.[0] ??
  assert.fail(`${source} has no function ${name}`);

const english = 'docs/ARCHITECTURE.md';

for (const which of [1, 2] as const)
  describe(which === 1 ? 'one row in' : 'one row out', () => {
    test('every step names files that are there', () => {
      for (const files of walk(english, which))
        for (const file of files) assert.ok(existsSync(join(root, file)), file);
      assert.equal(
        walk(english, which).filter((files) => files.length === 0).length,
        0,
        'a step without a file',
      );
    });

    test('both languages name the same files in the same order', () => {
      assert.deepEqual(walk('docs/ARCHITECTURE.zh-CN.md', which), walk(english, which));
    });
  });

test('the list of steps of the gate is read at one look', () => {
  assert.ok(read('hub/gate/gate.ts').trimEnd().split('\n').length <= 100);
});

test('the steps of the gate stand in the order in which it calls them', () => {
  const gate = 'hub/gate/gate.ts';
  const [before = '', after = ''] = bodyOf(gate, 'pass').split(/decide\(/);
  // of validation, the half that needs no body comes ahead of it; the table tells both halves in one row
  const steps = [
    ...called(gate, before),
    ...called(gate, bodyOf(gate, 'decide')),
    ...called(gate, after),
  ].filter((file) => file !== 'hub/gate/announce.ts');
  const told = walk(english, 1).flat();
  const named = [...new Set(steps)].filter((file) => told.includes(file));
  assert.deepEqual(
    [
      'takeFromBucket',
      'currentEpoch',
      'authenticate',
      'admitBody',
      'checkDigest',
      'answerOnce',
      'append',
      'tellDurable',
      'replyParts',
    ].map((step) => `hub/gate/${step}.ts`),
    named.filter((file) => file.startsWith('hub/gate/')),
  );
  const places = named
    .filter((file) => !/takeFromBucket|currentEpoch/.test(file))
    .map((file) => told.indexOf(file));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

test('the release walk goes from the decision to the mask, as its operation does', () => {
  const operation = 'hub/exchange/release/queryDataset.ts';
  const told = walk(english, 2).flat();
  const steps = called(operation, read(operation).slice(read(operation).indexOf('export function')));
  const beginning = 'hub/exchange/release/allowedCall.ts';
  assert.ok(called(beginning, bodyOf(beginning, 'whenAllowed')).includes('policies/decide.ts'));
  const order = [beginning, 'hub/exchange/release/consents.ts', 'hub/exchange/release/fetchConsented.ts'];
  order.push('hub/exchange/release/maskPage.ts');
  for (const file of order) assert.ok(steps.includes(file), `${operation} calls nothing of ${file}`);
  const places = order.map((file) => told.indexOf(file));
  assert.ok(!places.includes(-1));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

test('each room may import what its row says', () => {
  const { mayImport } = createRequire(import.meta.url)('../../scripts/roomMatrix.cjs') as {
    readonly mayImport: Readonly<Record<string, readonly string[]>>;
  };
  const rooms = Object.keys(mayImport);
  const told = new Map<string, ReadonlySet<string>>();
  const meant = (word: string): readonly string[] =>
    word === 'pure rooms'
      ? ['schemas', 'adapters', 'policies', 'certs', 'log']
      : word === '–'
        ? []
        : [
            rooms.find((room) => room === word || room === `hub/${word}` || room === `clients/${word}`) ??
              word,
          ];
  const [, table = ''] = read(english).split('\n| Room |');
  for (const row of nonEmpty((table.split('\n\n')[0] ?? '').split('\n').slice(2))) {
    const [, names = '', , may = ''] = row.split(/ ?\| ?/);
    const own = [...names.matchAll(/`([^`]+?)\/?`/g)].map(([, name = '']) => name);
    for (const [i, name] of own.entries()) {
      if (!rooms.includes(name)) continue;
      const [first = '', ...others] = may.split('; ');
      const words = own.length > 1 ? ([first, ...others][i] ?? '') : first;
      const [, like, less, more] = /^as `([^`]+)`(?: but (\w+))?, and (.*)$/.exec(words) ?? [];
      const named = (more ?? words).split(', ').flatMap(meant);
      const further = [...(told.get(like ?? '') ?? [])].filter((room) => !meant(less ?? '–').includes(room));
      told.set(name, new Set([...further, ...named]));
    }
  }
  // all of hub may import machine, whether its row says so or not
  const plain = (name: string, list: Iterable<string>): string[] =>
    [...new Set(list)].filter((room) => !(name.startsWith('hub/') && room === 'machine')).sort();
  assert.deepEqual(
    rooms.map((name) => [name, plain(name, told.get(name) ?? ['no row'])]),
    rooms.map((name) => [name, plain(name, mayImport[name] ?? [])]),
  );
});
