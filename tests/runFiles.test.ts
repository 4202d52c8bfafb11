/** A file of the whole suite that fails is run once more: a failure counts if it happens twice. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'datong-again-'));
test.after(() => rmSync(folder, { recursive: true }));

const passes = `import { test } from 'node:test'; test('the other', () => {});`;
const fails = `import { test } from 'node:test'; test('one', () => { throw new Error('as always'); });`;
/** fails in its first run */
const failsOnce = (mark: string) =>
  `import { test } from 'node:test'; import { existsSync, writeFileSync } from 'node:fs';
   const isFirst = !existsSync('${mark}'); if (isFirst) writeFileSync('${mark}', '');
   test('one', () => { if (isFirst) throw new Error('at first'); });`;

/** @param texts of the files to run */
function runTexts(...texts: readonly string[]) {
  const files = texts.map((text, at) => {
    const path = join(folder, `file${at}.mjs`);
    writeFileSync(path, text);
    return path;
  });
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['scripts/run.mjs', 'tests/unstableRun.ts', ...files],
    { cwd: root, env, encoding: 'utf8', timeout: 60_000 },
  );
  return { status, stdout, stderr };
}

test('a file that passes at its second run is named as unstable, and the closing lines have the sums', () => {
  const { status, stdout } = runTexts(failsOnce(join(folder, 'one')), passes);
  assert.match(stdout, /once more, one after the other: file0\.mjs\n/);
  assert.match(stdout, /Error: at first/, 'the failure is printed');
  assert.match(stdout, /unstable, failed once and then passed: file0\.mjs\n/);
  assert.match(stdout, /ℹ tests 2\nℹ suites 0\nℹ pass 2\nℹ fail 0\n[^✖]*$/);
  assert.equal(status, 0);
});

test('a file that fails twice fails the run', () => {
  const { status, stdout } = runTexts(fails, passes);
  assert.match(stdout, /once more, one after the other: file0\.mjs\n/);
  assert.doesNotMatch(stdout, /unstable, failed once/);
  assert.equal(status, 1);
});

test('where more than three files fail none is run again', () => {
  const { status, stdout } = runTexts(...['a', 'b', 'c', 'd'].map((mark) => failsOnce(join(folder, mark))));
  assert.doesNotMatch(stdout, /once more/);
  assert.equal(status, 1);
});

test('a run without a failure is printed once', () => {
  const { status, stdout } = runTexts(passes);
  assert.equal(stdout.match(/ℹ tests 1/g)?.length, 1);
  assert.equal(status, 0);
});
