import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PartAhead } from './partAhead.ts';

const noon = Date.UTC(2026, 5, 1, 12);
const made = (from = noon): PartAhead<string> => {
  const ahead = new PartAhead<string>();
  ahead.begin('behind 1', from, () => Promise.resolve('rows'));
  return ahead;
};

test('what was made ahead is taken once, for its place, while it is fresh and of the year', async () => {
  const ahead = made();
  assert.equal(await ahead.take('behind 1', noon + 1_000), 'rows');
  assert.equal(await ahead.take('behind 1', noon + 1_000), undefined, 'taken already');
  assert.equal(await made().take('behind 1', noon + 1_001), undefined, 'old');
  assert.equal(await made().take('behind 2', noon), undefined, 'another place');
  assert.equal(await made().take(undefined, noon), undefined, 'the first part');
  const midnight = Date.UTC(2027, 0, 1);
  assert.equal(await made(midnight - 500).take('behind 1', midnight - 1), 'rows');
  assert.equal(await made(midnight - 500).take('behind 1', midnight), undefined, 'tokens of another year');
});

test('what fails ahead is made again in its turn, and fails there if it must', async () => {
  const ahead = new PartAhead<string>();
  ahead.begin('behind 1', noon, () => Promise.reject(new Error('the database is away')));
  assert.equal(await ahead.take('behind 1', noon), undefined);
});
