/** No pattern of the reader takes more than linear time: one that starts again at each character would take hours here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { random } from '../fixtures/mutated.ts';
import { readAll, type ReadAll } from '../fixtures/readAll.ts';
import { date, formatted, text, workbookFile, type SheetSource } from './fixtures/workbookFile.ts';

const long = 300_000;
const maxMs = 30_000;

async function timed(file: Uint8Array, options: object = {}): Promise<ReadAll | Problem> {
  const started = performance.now();
  let result: ReadAll | Problem;
  try {
    result = await readAll('xlsx', bytesOf(file, 65_536), options);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    result = error;
  }
  assert.ok(performance.now() - started < maxMs, 'takes too long');
  return result;
}
const rulesOf = (result: ReadAll | Problem): string[] =>
  result instanceof Problem
    ? [result.code]
    : [...result.bad.flatMap(({ problems }) => problems.map(({ rule }) => rule)), ...result.doubts];
const book = (sheet: Partial<SheetSource>, formats: readonly string[] = []): Buffer =>
  workbookFile([{ name: 'S', rows: [], ...sheet }], false, formats);
const cells = (...rows: string[]): Buffer => book({ rows: [text('v'), ...rows] });

const numbers = '1'.repeat(long);

for (const [name, file, rules] of [
  ['a number that ends in no digit', cells(`<c><v>${numbers}x</v></c>`), ['xlsx.cell']],
  ['a number with a point and no end', cells(`<c><v>${numbers}.${numbers}e</v></c>`), ['xlsx.cell']],
  ['a number of an exponent without end', cells(`<c><v>1e${numbers}</v></c>`), ['xlsx.cell']],
  ['the place of a text', cells(`<c t="s"><v>${numbers}x</v></c>`), ['xlsx.cell']],
  [
    'a day with endless fractions',
    cells(`<c t="d"><v>2024-02-29T00:00:00.${numbers}x</v></c>`),
    ['xlsx.date'],
  ],
  ['a serial day', cells(date(`${numbers}x`)), ['xlsx.cell']],
  ['an apostrophe above digits', cells(text(`'${numbers}!`)), []],
  ['an equals sign above quotation marks', cells(text(`=${'&quot;'.repeat(long / 6)}x`)), []],
  ['escapes that are none', cells(text('_x00'.repeat(long / 4))), []],
  ['an error that is none', cells(text(`#${'N/A'.repeat(long / 3)}`)), []],
  ['mojibake that never begins', cells(text('锟'.repeat(long))), []],
  ['a place of a cell', cells(`<c r="${'A'.repeat(long)}1"><v>1</v></c>`), ['xlsx_damaged']],
  [
    'a range of merged cells',
    book({ rows: [text('v'), text('1')], merged: ['A'.repeat(long), `A1:A${numbers}`] }),
    [],
  ],
] as const)
  test(`${name}, ${long} characters long`, async () => {
    assert.deepEqual(rulesOf(await timed(file)), rules);
  });

test('number formats of repeated signs, and 800 long ones', async () => {
  const codes = ['[', '[h', '&quot;', '\\', '_', '0,', ',', '#', '[h]', '0;', 'e+', '0&quot;'];
  for (const code of codes) {
    const formats = [code.repeat(1_000 / code.length), code.repeat(20_000), code.repeat(200)];
    const rows = [text('v'), ...formats.map((_code, i) => formatted(i + 2, '12'))];
    const result = await timed(book({ rows }, formats));
    assert.ok(!(result instanceof Problem) && result.records.length + result.bad.length === 3, code);
  }
  const many = Array.from({ length: 800 }, () => '['.repeat(999));
  assert.ok(!((await timed(book({ rows: [text('v')] }, many))) instanceof Problem));
});

test('markup of merged cells that never ends', async () => {
  for (const piece of ['<mergeCell ', '<mergeCell ref="A1', '<x:mergeCell ref', '<mergeCell ref ='])
    assert.deepEqual(
      rulesOf(
        await timed(
          book({ rows: [text('v')], merged: [`A1:A2"/>${piece.repeat(long / 20)}<mergeCell ref="A1:B1`] }),
        ),
      ),
      ['xlsx_damaged'],
    );
});

test('formats, merged ranges and columns put together at random: no crash, and every row delivered, bad or skipped', async () => {
  const signs = [
    '0',
    '#',
    ',',
    '.',
    '%',
    '&quot;',
    '\\',
    '_',
    ' ',
    '-',
    '[',
    ']',
    'h',
    'm',
    'd',
    'y',
    ';',
    '年',
    'E+',
    '@',
    '$-804',
  ];
  for (let seed = 1; seed <= 300; seed += 1) {
    const pick = random(seed);
    const some = (n: number, from: readonly string[]): string =>
      Array.from({ length: n }, () => from[pick(from.length)] ?? '').join('');
    const formats = Array.from({ length: 5 }, () => some(1 + pick(9), signs));
    const letters = ['A', 'B', 'C', 'D'];
    const merged = Array.from(
      { length: pick(6) },
      () => `${some(1, letters)}${1 + pick(9)}:${some(1, letters)}${1 + pick(9)}`,
    );
    const row = (): string =>
      Array.from({ length: 1 + pick(4) }, () =>
        pick(4) === 0 ? '<c/>' : formatted(pick(7), String(pick(100_000) / 8)),
      ).join('');
    const rows = [text('a') + text('b') + text('c'), ...Array.from({ length: 9 }, row)];
    const cols = `<col min="${pick(5)}" max="${pick(5)}" hidden="1"/>`;
    const result = await timed(book({ rows, merged, cols }, formats), {
      fillDown: pick(2) === 0 ? [] : ['b'],
    });
    assert.ok(!(result instanceof Problem), `seed ${seed}`);
    assert.equal(result.total, 9, `seed ${seed}`);
  }
});
