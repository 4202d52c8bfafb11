/**
 * The flows of ARCHITECTURE lead to the code: their tables name existing files, in the order in which the code takes the steps.
 * The diagram of modules agrees with the import matrix that is enforced.
 */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, posix } from 'node:path';
import { describe, test } from 'node:test';
import { root } from '../../scripts/generated.ts';
import { nonEmpty } from '../nonEmpty.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const flows = ['pipeline', 'intake', 'release', 'live', 'retention'] as const;
type Flow = (typeof flows)[number];

/** Files of each table row of a flow. The sections of the flows follow the one of the modules, in the order of `flows`. */
function stepsOf(page: string, flow: Flow): readonly (readonly string[])[] {
  const section = read(page).split(/^## /m)[flows.indexOf(flow) + 2] ?? assert.fail(`${page} lacks ${flow}`);
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

for (const flow of flows)
  describe(flow, () => {
    test('every step names files that exist', () => {
      for (const files of stepsOf(english, flow)) {
        assert.ok(files.length > 0, 'a step without a file');
        for (const file of files) assert.ok(existsSync(join(root, file)), file);
      }
    });

    test('both languages name the same files in the same order', () => {
      assert.deepEqual(stepsOf('docs/ARCHITECTURE.zh-CN.md', flow), stepsOf(english, flow));
    });
  });

test('the page is short', () => {
  const words = read(english).split(/\s+/).length;
  assert.ok(words <= 1_200, `${words} words, table rules and file names included`);
});

test('the list of steps of the pipeline is read at one glance', () => {
  assert.ok(read('hub/pipeline/pipeline.ts').trimEnd().split('\n').length <= 100);
});

test('the steps of the pipeline are in the order in which it calls them', () => {
  const gate = 'hub/pipeline/pipeline.ts';
  const [before = '', after = ''] = bodyOf(gate, 'pass').split(/decide\(/);
  const steps = [...called(gate, before), ...called(gate, bodyOf(gate, 'decide')), ...called(gate, after)];
  const reported = stepsOf(english, 'pipeline').flat();
  const named = [...new Set(steps)].filter((file) => reported.includes(file));
  assert.deepEqual(
    ['rateLimit', 'requestChecks', 'answerOnce', 'append', 'replyParts'].map(
      (step) => `hub/pipeline/${step}.ts`,
    ),
    named.filter((file) => file.startsWith('hub/pipeline/')),
  );
  const places = named
    .filter((file) => !/rateLimit|requestChecks/.test(file))
    .map((file) => reported.indexOf(file));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

test('the release flow goes from the decision to the mask, as its operation does', () => {
  const operation = 'hub/flows/release/queryDataset.ts';
  const reported = stepsOf(english, 'release').flat();
  const steps = called(
    operation,
    read(operation).slice(read(operation).indexOf('export const queryDataset')),
  );
  const beginning = 'hub/flows/release/allowedCall.ts';
  const decision = 'hub/flows/release/decideNow.ts';
  assert.match(bodyOf(beginning, 'whenAllowed'), /\bdecided\(/);
  assert.ok(called(beginning, bodyOf(beginning, 'decided')).includes(decision));
  assert.ok(called(decision, bodyOf(decision, 'decideNow')).includes('policies/decide.ts'));
  const order = [beginning, 'hub/flows/release/consents.ts', 'hub/flows/release/fetchConsented.ts'];
  order.push('hub/flows/release/maskPage.ts');
  for (const file of order) assert.ok(steps.includes(file), `${operation} calls nothing of ${file}`);
  const places = order.map((file) => reported.indexOf(file));
  assert.ok(!places.includes(-1));
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b),
  );
});

test('the diagram of modules has every module, and each imports only from lower lines', () => {
  const { mayImport } = createRequire(import.meta.url)('../../scripts/moduleMatrix.cjs') as {
    readonly mayImport: Readonly<Record<string, readonly string[]>>;
  };
  const [, block = ''] = /^## Modules[^]*?```\n([^]*?)```/m.exec(read(english)) ?? [];
  const lines = block.split('\n').map((line) => line.slice(0, 45).trim().split(/ +/));
  const lineOf = (name: string): number => {
    const at = lines.findIndex((names) => names.includes(name));
    assert.notEqual(at, -1, `${name} is missing`);
    return at;
  };
  for (const [name, imports] of Object.entries(mayImport))
    for (const other of imports)
      assert.ok(lineOf(name) < lineOf(other), `${name} imports ${other}, which is not below it`);
  const [, chinese = ''] = /^## 模块[^]*?```\n([^]*?)```/m.exec(read('docs/ARCHITECTURE.zh-CN.md')) ?? [];
  assert.deepEqual(
    chinese.split('\n').map((line) => line.slice(0, 45).trim()),
    block.split('\n').map((line) => line.slice(0, 45).trim()),
  );
});
