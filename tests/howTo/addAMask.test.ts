/** docs/how-to/add-a-mask.md, applied to a copy: the new mask passes the laws of masks and is in both pages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appliedPage } from './appliedPage.ts';

const page = appliedPage('add-a-mask.md', [
  'docs',
  'log',
  'machine',
  'certs',
  'policies',
  'schemas',
  'terms',
  'tests/nonEmpty.ts',
]);

test('the mask that the page adds obeys the laws, and its pages and its title agree with it', async () => {
  assert.equal(page.files.length, 6);
  await page.test('policies/masks/maskLaws.test.ts', 'policies/docs.test.ts');
});

test('without its row in a page the test of the page fails', async () => {
  const rows = page.read('docs/policies.md');
  page.write('docs/policies.md', rows.replace(/^\| postcode .*\n/m, ''));
  await assert.rejects(page.test('policies/docs.test.ts'), /policies\/docs\.test\.ts fails in the copy/);
});
