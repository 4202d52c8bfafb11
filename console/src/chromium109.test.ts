import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { laterCss, laterThan109 } from '../../tests/browser/laterCss.ts';

test('the list of what Chromium 109 does not know of CSS finds each of it, and nothing that it knows', () => {
  for (const { example, written, since } of laterCss) {
    assert.match(example, written);
    assert.ok(since > 109, example);
  }
  assert.deepEqual(laterThan109('.a{color:red;&:hover{color:blue}}').length, 1);
  assert.deepEqual(
    laterThan109(
      `/* text-wrap: balance */ a:has(b):focus-visible{inset:0;color:rgb(0 0 0/.5);width:min(1px,2px);content:"&";mask-border:none}
       @media (width >= 20px){a{-webkit-mask-image:none;background:url("a?x=color-mix(")}} @container (width>1px){a{transition:all 1s linear}} .x{transform:rotate(1deg);filter:drop-shadow(0 0 1px)}`,
    ),
    [],
  );
});

test('no style sheet of the console or of the citizen’s page needs more than Chromium 109', () => {
  const root = resolve(import.meta.dirname, '..');
  const sheets = ['src', 'own'].flatMap((folder) =>
    readdirSync(resolve(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.css'))
      .map((path) => resolve(root, folder, path)),
  );
  assert.ok(sheets.length >= 3, sheets.join());
  for (const path of sheets) assert.deepEqual(laterThan109(readFileSync(path, 'utf8')), [], path);
  for (const name of ['vite.config.ts', 'vite.own.ts'])
    assert.match(readFileSync(resolve(root, name), 'utf8'), /target: 'chrome109'/, name);
});
