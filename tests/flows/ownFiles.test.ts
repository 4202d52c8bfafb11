/** Ten files of different departments, as they are, each from the file to a granted and masked answer: what a person types, in Chinese and in English. */
import assert from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { text, workbookFile } from '../../adapters/xlsx/fixtures/workbookFile.ts';
import { householdFile } from '../../clients/cli/demo/files/householdFile.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { testDatabase } from '../database.ts';
import type { Ran } from '../datong.ts';
import { writeDemoState } from '../demoState.ts';
import { applyCity, testHub } from '../hub.ts';
import { sharedData } from '../sharedData.ts';
import { typedDatong } from '../typedDatong.ts';

const hub = await testHub({ database: await testDatabase() });
await applyCity(hub, ['city/departments.yaml', 'city/purposes.yaml']);
const home = mkdtempSync(join(tmpdir(), 'datong-own-files-'));
after(async () => {
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});
const provider = await hub.enrol('transport');
const consumer = await hub.enrol('education');
const state = join(home, 'demo.json');
writeDemoState(
  state,
  { ...hub.hub.origins, ca: hub.ca, keys: { keys: [] } },
  {
    operator: await hub.token('operator', ['operator']),
    security: await hub.token('security', ['security']),
  },
  [provider, consumer],
);

const lines = (rows: readonly (readonly string[])[]): string =>
  rows.map((row) => `${row.join(',')}\n`).join('');
const numbered = (count: number, row: (place: number) => readonly string[]): string[][] =>
  Array.from({ length: count }, (_, place) => [...row(place + 1)]);

/** Telephone numbers of a range that is not allotted. */
const mobile = (place: number): string => `1990000${String(place).padStart(4, '0')}`;

interface OwnFile {
  readonly name: string;
  readonly write: (path: string) => void;
  /** what is typed in addition to the usual */
  readonly options?: readonly string[];
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

const files: readonly OwnFile[] = [
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
];

for (const { name, write, options = [], fields, language, hidden } of files)
  test(`${name}: from the file to a granted, masked answer`, async () => {
    const path = join(home, name);
    write(path);
    let typedCommands = 0;
    const datong = async (...words: string[]): Promise<Ran> => {
      typedCommands += 1;
      const ran = await typedDatong(words, {
        cwd: home,
        env: { DATONG_STATE: state, LANG: language === 'zh' ? 'zh_CN.UTF-8' : 'en_GB.UTF-8' },
      });
      assert.equal(ran.code, 0, `${words.join(' ')}\n${ran.stdout}\n${ran.stderr}`);
      return ran;
    };
    const created = await datong(
      ...[
        'dataset',
        'create',
        path,
        '--for',
        'transport',
        '--yes',
        '--as',
        'operator',
        '--approve-with',
        'security',
        ...options,
      ],
    );
    const [, id = ''] = /(transport\.[a-z0-9-]+)/.exec(created.stdout) ?? [];
    assert.match(created.stdout, language === 'zh' ? /已登记 {2}数据资源/ : /registered {2}Dataset/);
    for (const field of fields) assert.match(created.stdout, new RegExp(`^ *${field} `, 'm'));
    if (hidden !== undefined) assert.doesNotMatch(created.stdout, hidden, 'the sample rows are masked');
    const sent = await datong('send', path, '--dataset', id, '--as', 'transport');
    assert.match(sent.stderr + sent.stdout, /\d/);
    const agreement = `agr-education-${id.split('.')[1] ?? ''}`;
    await datong(
      ...[
        'agreement',
        'create',
        id,
        '--consumer',
        'education',
        '--purpose',
        'statistics',
        '--basis',
        '统计法',
        '--clause',
        '第一条',
      ],
      ...['--id', agreement, '--as', 'operator'],
    );
    await datong('agreement', 'check', `${agreement}.yaml`, '--as', 'operator');
    const granted = await datong(
      ...['catalogue', 'apply', `${agreement}.yaml`, '--sign-as', 'transport', 'education'],
      ...['--as', 'operator', '--approve-with', 'security'],
    );
    assert.match(granted.stdout, language === 'zh' ? /已生效/ : /in force/);
    const answer = await datong(
      ...[
        'fetch',
        id,
        '--purpose',
        'statistics',
        '--agreement',
        agreement,
        '--as',
        'education',
        '--limit',
        '5',
      ],
    );
    const rows = answer.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    assert.ok(rows.length >= 4, answer.stdout);
    if (hidden !== undefined) assert.doesNotMatch(answer.stdout, hidden, 'masked');
    assert.ok(typedCommands <= 12, `${typedCommands} commands`);
  });

test('the same file goes into a dataset that was made anew under a corrected schema, and the send says so', async () => {
  const path = join(home, '食品经营许可.csv');
  const datong = (...words: string[]): Promise<Ran> =>
    typedDatong(words, { cwd: home, env: { DATONG_STATE: state } });
  const created = await datong(
    ...['dataset', 'create', path, '--for', 'transport', '--name', 'food-corrected', '--yes'],
    ...['--as', 'operator', '--approve-with', 'security'],
  );
  assert.equal(created.code, 0, created.stderr);
  const sent = await datong('send', path, '--dataset', 'transport.food-corrected', '--as', 'transport');
  assert.equal(sent.code, 0, sent.stderr);
  assert.match(sent.stderr, /the very bytes were submitted for another dataset/);
});
