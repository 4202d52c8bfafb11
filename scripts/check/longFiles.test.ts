import assert from 'node:assert/strict';
import { test } from 'node:test';
import { longFileFindings } from './longFiles.ts';

const lines = (count: number, line = 'run();'): string => `${line}\n`.repeat(count);

test('450 lines of code are the most, 600 of a test', () => {
  assert.deepEqual(longFileFindings('hub/a.ts', lines(450)), []);
  assert.equal(longFileFindings('hub/a.ts', lines(451)).length, 1);
  assert.equal(longFileFindings('console/src/a.tsx', lines(451)).length, 1);
  assert.deepEqual(longFileFindings('hub/a.test.ts', lines(600)), []);
  assert.equal(longFileFindings('hub/a.test.ts', lines(601)).length, 1);
});

test('what is generated, no code, or an entry of a table does not count; calls with texts do', () => {
  assert.deepEqual(longFileFindings('api/openapi.ts', lines(451)), []);
  assert.deepEqual(longFileFindings('docs/api.md', lines(451)), []);
  for (const line of [
    "  save: '保存',",
    "  message: { zh: '没有', en: 'none' },",
    `  mend: { zh: '写上', en: "the hub's own" },`,
    "  'two-words': 'x',",
    "  'a',",
  ])
    assert.deepEqual(longFileFindings('a.ts', lines(451, line)), [], line);
  for (const line of ["  say('x');", "  const a = 'x';", '  save: text,'])
    assert.equal(longFileFindings('a.ts', lines(451, line)).length, 1, line);
});
