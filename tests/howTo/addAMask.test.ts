/** docs/how-to/add-a-mask.md, applied to a copy: the new mask passes the laws of masks, and its examples are tested. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appliedPage } from './appliedPage.ts';

const page = appliedPage('add-a-mask.md', [
  'docs',
  'log',
  'machine',
  'certs',
  'policies',
  // policies/cases/words.test.ts reads files that words.yaml names
  'hub/flows/release',
  'hub/operations/policyVersions.test.ts',
  'tests/flows',
  'schemas',
  'terms',
  'tests/nonEmpty.ts',
]);

test('the mask that the page adds does what its examples say, obeys the laws, and its parameter has an effect', async () => {
  assert.equal(page.files.length, 3);
  const ofMasks = ['maskLaws', 'maskFilters', 'overTime'].map((name) => `policies/masks/${name}.test.ts`);
  await page.test(...ofMasks, 'policies/docs.test.ts', 'policies/cases/words.test.ts');
});

test('an example that the mask does not do fails', async () => {
  const file = 'policies/masks/partial/postcode.ts';
  page.write(file, page.read(file).replace("becomes: '31****'", "becomes: '3101**'"));
  await assert.rejects(page.test('policies/docs.test.ts'), /policies\/docs\.test\.ts fails in the copy/);
});
