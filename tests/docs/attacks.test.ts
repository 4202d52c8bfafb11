/** Every row of tests/attacks/README.md names tests, or figures of a benchmark, that are there by file and name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertNamedTestsExist, testsNamedIn, text } from './namedTests.ts';

const rows = text('tests/attacks/README.md')
  .replace(/<!-- generated: attacks -->[\s\S]*?<!-- end -->/, '') // checked by its generator
  .split('\n')
  .filter((line) => /^\| (?!(?:Attack|Report) \|)/.test(line));

test('each attack has tests that a reader finds by their names', () => {
  assert.ok(rows.length > 50, String(rows.length));
  for (const row of rows) {
    const [what, cell = '', ...more] = row.slice(2, -2).split(' | ');
    assert.ok(what !== undefined && more.length === 0, row);
    const figures = [...cell.matchAll(/`(bench\/[^`]+\.ts)` «([^»]+)»/g)];
    for (const [, path = '', figure = ''] of figures)
      assert.ok(text(path).includes(`'${figure}'`), `${path} has no figure «${figure}»`);
    const named = testsNamedIn(cell);
    assert.ok(named.size + figures.length > 0, row);
    assertNamedTestsExist(named, row);
  }
});

test('a row whose test is not there, or that names a file alone, is found', () => {
  const check = (cell: string) => () => assertNamedTestsExist(testsNamedIn(cell), cell);
  assert.throws(check('`tests/docs/attacks.test.ts` «no such test at all»'), /has no test/);
  assert.throws(check('`tests/docs/nowhere.test.ts` «x»'), /nowhere/);
  assert.throws(check('`tests/docs/attacks.test.ts`'), /without a test/);
});
