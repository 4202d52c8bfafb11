/** A file of a group that hangs is named, and the run ends. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const root = resolve(import.meta.dirname, '..');
const forever = 'new Promise((done) => setTimeout(done, 600_000))';
const texts = {
  'loads.mjs': `import { test } from 'node:test'; await ${forever}; test('one', () => {});`,
  'prepares.mjs': `import { before, test } from 'node:test'; before(() => ${forever}); test('one', () => {});`,
  'tidies.mjs': `import { after, test } from 'node:test'; after(() => ${forever}); test('one', () => {});`,
  'passes.mjs': `import { test } from 'node:test'; test('the next one runs', () => {});`,
} as const;

const folder = mkdtempSync(join(tmpdir(), 'datong-group-'));
test.after(() => rmSync(folder, { recursive: true }));
for (const [name, text] of Object.entries(texts)) writeFileSync(join(folder, name), text);

function runFiles(...names: readonly (keyof typeof texts)[]) {
  const { NODE_TEST_CONTEXT: _context, ...env } = process.env;
  const files = names.map((name) => join(folder, name));
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['scripts/run.mjs', 'tests/hungGroup.ts', ...files],
    { cwd: root, env, encoding: 'utf8', timeout: 60_000 },
  );
  return { status, stdout, stderr };
}

test('a file whose top level does not end is named, and the next one runs', () => {
  const { status, stdout } = runFiles('loads.mjs', 'passes.mjs');
  assert.match(stdout, /loads\.mjs is not loaded after 1000 ms/);
  assert.match(stdout, /the next one runs/);
  assert.equal(status, 1);
});

for (const name of ['prepares.mjs', 'tidies.mjs'] as const)
  test(`a file with a hook that does not end is named: ${name}`, () => {
    const { status, stderr } = runFiles(name);
    assert.ok(stderr.includes(`a hook of ${name} does not end`), stderr);
    assert.equal(status, 1);
  });
