/**
 * Files of different departments, as they are: Chinese headings, thirty columns, GB18030, two header rows, DBF, JSON, a title row, labels and
 * units, totals and signatures, one wrong date.
 */
import { copyFileSync, writeFileSync } from 'node:fs';
import { text, workbookFile } from '../adapters/xlsx/fixtures/workbookFile.ts';
import { householdFile } from '../clients/cli/demo/files/householdFile.ts';
import { encodeGb18030 } from '../terms/gb18030.ts';
import { sharedData } from './sharedData.ts';

const lines = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.join(',')}\n`).join('');
const numbered = (count: number, row: (place: number) => readonly string[]): string[][] =>
  Array.from({ length: count }, (_, place) => [...row(place + 1)]);

/** Telephone numbers of a range that is not allotted. */
const mobile = (place: number): string => `1990000${String(place).padStart(4, '0')}`;

export interface OwnFile {
  readonly name: string;
  readonly write: (path: string) => void;
  /** fields that the schema has, in their order, as far as they are of interest */
  readonly fields: readonly string[];
  readonly language: 'zh' | 'en';
  /** no text of these is in the answer */
  readonly hidden?: RegExp;
}

const content = (value: string | Uint8Array) => (path: string) => writeFileSync(path, value);
const real = (name: string) => (path: string) => copyFileSync(sharedData(name), path);

const wide = Array.from({ length: 30 }, (_, place) => (place === 0 ? '监测点编号' : `第${place}项指标`));
const permits = numbered(12, (place) => [
  `JY${String(place).padStart(6, '0')}`,
  `${'甲乙丙丁戊己庚辛壬癸子丑'[place - 1] ?? ''}饭店`,
  place === 7 ? '长期' : `202${place % 10}/3/${place}`,
  `${place * 10}`,
  mobile(place),
]);

/** Cells of a row, each as a text. */
const cells = (...values: readonly string[]): string => values.map(text).join('');

/** A register with a merged title, a line of labels, and units below the header; one column is empty. */
const inspections = workbookFile([
  {
    name: 'Sheet1',
    rows: [
      text('云栖市消防安全检查台账'),
      `${text('填报单位：云栖市消防救援支队')}<c r="G2" t="str"><v>单位：平方米、处</v></c>`,
      cells(
        '检查编号',
        '单位名称',
        '统一社会信用代码',
        '建筑面积',
        '隐患数',
        '检查日期',
        '联系电话',
        '整改情况',
      ),
      cells('', '', '', '平方米', '处', '', '', ''),
      ...numbered(9, (place) => [
        ...[`XF${place}`, `云栖${'甲乙丙丁戊己庚辛壬'[place - 1] ?? ''}商场`, '', `${place * 35}.5`],
        ...[
          `${place % 4}`,
          `2026年${place}月${place + 3}日`,
          mobile(place),
          place % 3 === 0 ? '无' : '已整改',
        ],
      ]).map((row) => cells(...row)),
    ],
    merged: ['A1:H1', 'A2:F2', 'G2:H2'],
  },
]);

/** A payment list with a total and a signature at its end. */
const payments = encodeGb18030(
  lines([
    ['发放编号', '街道', '户数', '发放金额（元）', '发放日期', '备注'],
    ...numbered(11, (place) => [
      ...[`FF${place}`, place % 2 === 0 ? '东溪街道' : '西岭街道', `${place}`],
      ...[`"${place},200.50"`, `2026年${place}月1日`, place === 3 ? '-' : ''],
    ]),
    ['合 计', '', '66', '"68,205.50"', '', ''],
    ['制表人：演示甲', '', '', '', '', ''],
  ]),
);

export const ownFiles: readonly OwnFile[] = [
  {
    name: '食品经营许可.csv',
    write: content(
      lines([['许可证编号', '经营者名称', '有效期至', '面积（平方米）', '联系电话'], ...permits]),
    ),
    fields: ['permit_no', 'operator_name', 'valid_until', 'area', 'phone'],
    language: 'zh',
    hidden: /1990000/,
  },
  {
    name: '户籍人口.csv',
    write: (path) => writeFileSync(path, householdFile(60, 7).bytes),
    fields: [],
    language: 'en',
  },
  {
    name: 'a.csv',
    write: content(
      lines([
        wide,
        ...numbered(20, (place) => [`D${place}`, ...wide.slice(1).map((_, n) => `${place * n}`)]),
      ]),
    ),
    fields: ['station_code'],
    language: 'zh',
  },
  {
    name: '企业名录.csv',
    write: content(
      encodeGb18030(
        lines([
          ['企业名称', '成立日期', '注册资本', '行业', '邮编'],
          ...numbered(15, (place) => [
            `云栖${'一二三四五六七八九十百千万亿兆'[place - 1] ?? ''}公司`,
            `20${String(place).padStart(2, '0')}年5月1日`,
            `${place}00`,
            '餐饮',
            '010000',
          ]),
        ]),
      ),
    ),
    fields: ['enterprise_name', 'registered_on', 'registered_capital', 'industry', 'postcode'],
    language: 'en',
  },
  {
    name: '社区网格.xlsx',
    write: content(
      workbookFile([
        {
          name: '网格',
          rows: [
            text('社区') + text('网格员'),
            '<c r="B2" t="str"><v>姓名</v></c><c r="C2" t="str"><v>工号</v></c>',
            ...numbered(8, (place) => [`区${place}`, '甲', `W00${place}`]).map(
              ([community = '', name = '', code = '']) => text(community) + text(name) + text(code),
            ),
          ],
          merged: ['A1:A2', 'B1:C1'],
        },
      ]),
    ),
    fields: ['community'],
    language: 'zh',
  },
  { name: 'tasks.dbf', write: real('dbf/dbase_83.dbf'), fields: ['ID'], language: 'en' },
  { name: '民族.json', write: real('gb-codes/GB-3304-1991.json'), fields: ['id', 'name'], language: 'zh' },
  { name: '学位.csv', write: real('gb-codes/GB-6864-2003.gbk.csv'), fields: ['id'], language: 'en' },
  {
    name: '公交站.ndjson',
    write: content(
      numbered(10, (place) => [`S${place}`])
        .map(
          ([stop], place) =>
            `${JSON.stringify({ 站点编号: stop, 经度: 100 + place / 10, 停用: place > 8 })}\n`,
        )
        .join(''),
    ),
    fields: ['station_code', 'longitude'],
    language: 'zh',
  },
  {
    name: 'data.csv',
    write: content(
      lines([
        ['某市工单台账', '', ''],
        ['工单编号', '受理时间', '处理结果'],
        ...numbered(10, (place) => [`G${place}`, `2026/3/${place} 8:05`, place === 4 ? '无' : '已办结']),
      ]),
    ),
    fields: ['order_no', 'accepted_at'],
    language: 'en',
  },
  {
    name: '消防安全检查台账.xlsx',
    write: content(inspections),
    fields: ['inspection_no', 'unit_name', 'uscc', 'area', 'hazard_count', 'inspected_on', 'phone'],
    language: 'zh',
    hidden: /1990000|不详/,
  },
  {
    name: '救助金发放表.csv',
    write: content(payments),
    fields: [],
    language: 'en',
    hidden: /合\s*计|制表人/,
  },
];
