/** docs/how-to/add-a-job.md, applied to a copy: the new job does its work in a real database, and its pages have it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { appliedPage } from './appliedPage.ts';

const page = appliedPage('add-a-job.md', [
  'adapters',
  'api',
  'certs',
  'docs',
  'hub',
  'log',
  'machine',
  'migrations',
  'policies',
  'schemas',
  'terms',
  'tests',
]);

test('the job that the page adds deletes what is old, and nothing else; the pages of operation have it', async () => {
  assert.equal(page.files.length, 6);
  await page.test('hub/features/registry/jobs/forgetLiveFindings.test.ts', 'tests/docs/operations.test.ts');
});
