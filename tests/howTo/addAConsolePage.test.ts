/** docs/how-to/add-a-console-page.md, applied to a copy: the new page has an address, has its words, and is built. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from 'esbuild';
import { appliedPage } from './appliedPage.ts';

const page = appliedPage('add-a-console-page.md', [
  'api',
  'certs',
  'console',
  'docs',
  'log',
  'terms',
  'tests/browser',
  'tests/nonEmpty.ts',
]);

test('the page that is added has an address, is opened by the browser tests, and has its words', async () => {
  assert.equal(page.files.length, 7);
  await page.test('console/src/addresses.test.ts', 'console/src/words/words.test.ts');
});

test('what the page imports exists', async () => {
  const { errors } = await build({
    absWorkingDir: page.root,
    entryPoints: ['console/src/pages/MandatesPage.tsx'],
    bundle: true,
    write: false,
    packages: 'external',
    format: 'esm',
    jsx: 'automatic',
    logLevel: 'silent',
  });
  assert.deepEqual(errors, []);
});
