import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readControlText } from './controlText.ts';

const digest = '9F86D081884C7D659A2FEAA0C55AD015A3BF4F1B2B0B822CD15D6C15B0F00A08';

test('rows, sums and digest are read by each of their names, with marks of thousands, remarks and blank lines between', () => {
  const found = { rows: 1200, sha256: digest.toLowerCase() };
  for (const rows of ['rows', 'ROWS', '行数', '记录数', '总行数'])
    for (const sha256 of ['sha256', 'SHA256', '摘要'])
      assert.deepEqual(
        readControlText(`\uFEFF# 2026-09\r\n${rows}=1,200\r\n\r\n${sha256} = ${digest}`),
        found,
      );
  assert.deepEqual(readControlText('sum.income=-88,204.50\n合计：年收入（元）\t1,234\nSum.a.b=0'), {
    sums: { income: '-88204.50', '年收入（元）': '1234', 'a.b': '0' },
  });
});

test('a line with nothing known, or with a repeated name, is reported by its number; so is a text without any line', () => {
  for (const [text, unreadable] of [
    ['', 1],
    ['# nothing', 1],
    ['rows=many', 1],
    ['rows=-1', 1],
    ['rows=1\nlines=2', 2],
    ['rows=1\nsha256=abc', 2],
    ['sum.=1', 1],
    ['sum.a=1e3', 1],
    ['rows=1\n行数=2', 2],
    ['sum.a=1\n合计.a=1', 2],
    [`sha256=${digest}\n摘要=${'0'.repeat(64)}`, 2],
  ] as const)
    assert.deepEqual(readControlText(text), { unreadable }, text);
});
