/** What is wrong with a workbook of entries: each finding has its column and line, and none repeats a cell. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VerbFailure, type CheckFinding } from '../verb.ts';
import { entryColumns } from './columns.ts';
import { entryOfLine } from './entryOfLine.ts';
import { readSheet } from './readSheet.ts';

const cells: Readonly<Record<string, string>> = {
  id: 'civil.relief',
  titleZh: '救助对象',
  category: '1/12/3',
  abstractZh: '低保家庭',
  office: '社会救助处',
  contact: '0000-12345',
  sourceSystem: '社会救助系统',
  updateFrequency: '每月',
  sharingType: '有条件共享',
  conditions: '法定职责',
  manner: '接口',
  openness: '不开放',
  dataClass: '一般数据',
  keywords: '低保、救助，救助',
};
const row = (more: Readonly<Record<string, string>> = {}): string[] =>
  entryColumns.map(({ key }) => ({ ...cells, ...more })[key] ?? '');
const header = entryColumns.map(({ heading }) => heading);

type Rows = readonly (readonly string[])[];
async function book(rows: Rows, more: object = {}, name = '目录'): Promise<Buffer> {
  const { writeXlsx } = await import('hucre/xlsx');
  const sheet = { name, rows: rows.map((one) => [...one]), ...more };
  return Buffer.from(await writeXlsx({ sheets: [{ name: '说明', rows: [['先读我']] }, sheet] }));
}
async function found(rows: Rows, more: object = {}): Promise<string[]> {
  const { lines, findings } = await readSheet(await book(rows, more), undefined);
  const all = [
    ...findings,
    ...lines.flatMap((line): readonly CheckFinding[] => {
      const read = entryOfLine(line);
      return 'findings' in read ? read.findings : [];
    }),
  ];
  assert.ok(!JSON.stringify(all).includes('看情况'), 'no cell is repeated');
  return all.map(({ code, path = '', line }) => `${code} ${path}${line}`);
}

test('a line becomes an entry: words to codes, several in one cell, English as Chinese where there is none', async () => {
  const { lines, findings } = await readSheet(await book([['目录清单'], header, row()]), undefined);
  assert.deepEqual([findings, lines.map(({ line }) => line)], [[], [3]]);
  const read = entryOfLine(lines[0] ?? { line: 0, cells: new Map() });
  assert.deepEqual('entry' in read && read.entry, {
    id: 'civil.relief',
    title: { zh: '救助对象', en: '救助对象' },
    abstract: { zh: '低保家庭', en: '低保家庭' },
    sharing: { type: 'conditional', manner: 'interface', conditions: '法定职责' },
    category: '1/12/3',
    openness: 'closed',
    sourceSystem: '社会救助系统',
    updateFrequency: 'monthly',
    office: '社会救助处',
    contact: '0000-12345',
    dataClass: 'general',
    keywords: ['低保', '救助'],
  });
});

test('cells that are missing, in the wrong form, too many or too long', async () => {
  const keywords = Array.from({ length: 21 }, (_, at) => `k${at}`).join('、');
  const lines = [
    header,
    row({ id: 'Civil Relief', office: '' }),
    row({ sharingType: '看情况', keywords }),
    row({ titleZh: '长'.repeat(501), datasets: 'civil.relief、Nowhere' }),
  ];
  assert.deepEqual(await found(lines), [
    ...['cell_malformed 2', 'cell_missing 2', 'cell_too_many 3', 'cell_unlisted 3'],
    ...['cell_too_long 4', 'cell_malformed 4'],
  ]);
});

test('headings that are missing, doubled, unknown, empty or not there at all', async () => {
  const odd = [...header.slice(0, 5), '备注', '摘要', ...header.slice(6)];
  assert.deepEqual((await found([odd, row()])).slice(0, 2), ['heading_unknown F1', 'heading_twice G1']);
  const lacking = header.map((heading) => (heading === '联系方式' ? '' : heading));
  assert.deepEqual((await found([lacking, row()])).slice(0, 2), ['heading_missing 1', 'heading_missing I2']);
  await assert.rejects(readSheet(await book([['id', 'name']]), undefined), VerbFailure);
  assert.deepEqual(await found([header]), ['no_entries 1']);
});

test('merged cells and headings, and formulas that were not computed', async () => {
  const merged = (startRow: number, endRow: number) => ({
    merges: [{ startRow, endRow, startCol: 7, endCol: 7 }],
  });
  const below = [header, row(), row({ id: 'civil.other', office: '' })];
  assert.deepEqual(await found(below, merged(1, 2)), ['cells_merged H2', 'cell_missing 3']);
  assert.deepEqual((await found(below, merged(0, 1)))[0], 'cells_merged H1', 'a heading over two lines');
  assert.deepEqual(
    await found([['清单'], ['第一批'], header, row()], merged(0, 1)),
    [],
    'above the headings',
  );
  const formula = new Map([['1,8', { formula: 'A1&"x"' }]]);
  assert.match((await found([header, row()], { cells: formula })).join(), /xlsx\.formula\S* I2/);
});

test('another sheet is read where it is named', async () => {
  const bytes = await book([header, row()], {}, '六月');
  assert.equal((await readSheet(bytes, '六月')).lines.length, 1);
  await assert.rejects(readSheet(bytes, '七月'), { code: 'xlsx_sheet_missing' });
  await assert.rejects(readSheet(Buffer.from('no workbook at all, long enough'), undefined), {
    code: 'xlsx_damaged',
  });
});
