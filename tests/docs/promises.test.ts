/** Every promise about events and rows, and every bad input that they take, has tests of those names. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { promises } from './promises.ts';

const root = join(import.meta.dirname, '../..');

/** A name that is made of a pattern, such as `it ${what}: …`, has its part in quotes. */
function isThere(file: string, name: string): boolean {
  const source = readFileSync(join(root, file), 'utf8');
  const own = name.replace(/^[^:]*: /, (group) =>
    source.includes(`describe('${group.slice(0, -2)}'`) ? '' : group,
  );
  return (
    ["test('", 'test(`'].some((start) => source.includes(start + own)) ||
    (own.startsWith('it ') && source.includes(`'${own.slice(3)}'`))
  );
}

test('each promise names tests that exist', () => {
  assert.ok(promises.length > 60, String(promises.length));
  for (const [promise, tests] of promises) {
    assert.ok(Object.keys(tests).length > 0, promise);
    for (const [file, names] of Object.entries(tests))
      assert.deepEqual(
        names.filter((name) => !isThere(file, name)),
        [],
        `${promise}: ${file}`,
      );
  }
});

test('a name that no test has is found', () => {
  assert.equal(isThere('tests/docs/promises.test.ts', 'a name that no test'), true);
  assert.equal(isThere('tests/docs/promises.test.ts', 'this is not there'), false);
});
