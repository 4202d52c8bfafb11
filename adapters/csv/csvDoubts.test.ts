import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { needsUnlicensedData, sharedData, sharedFiles } from '../../tests/sharedData.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { readAll } from '../fixtures/readAll.ts';

const doubts = async (bytes: Uint8Array | string, options: object = {}): Promise<readonly string[]> =>
  (await readAll('csv', bytesOf(bytes, 4096), options)).doubts.map((doubt) => doubt.replace('file 0:0 ', ''));

describe('a header that may be none', () => {
  const row = (id: string, name: string): string => `${id},${name},1988-03-01,12.50`;
  const rows = [
    row('110101198803011234', '张三'),
    row('110101198804021235', '李四'),
    row('11010119880502123X', '王五'),
  ];

  test('a first line of data is doubted; none is with headerRows [] or names in the options', async () => {
    const file = rows.join('\n');
    assert.deepEqual(await doubts(file), ['header.data']);
    assert.deepEqual(await doubts(file, { headerRows: [] }), []);
    assert.deepEqual(await doubts(file, { headerRows: [1], columns: ['a', 'b', 'c', 'd'] }), []);
    assert.deepEqual(await doubts(`id,name,born,amount\n${file}`), []);
  });

  test('years, days and months as names of columns are no data', async () => {
    for (const header of [
      '地区,2019,2020,2021',
      '姓名,1,2,3',
      '指标,202401,202402,202403',
      '名称,代码,2020,备注',
    ])
      assert.deepEqual(await doubts(`${header}\n北京,1034,1100,1203\n上海,2034,2100,2203\n`), [], header);
  });

  test('a title above the header is doubted, alone in its line or followed by empty cells', async () => {
    assert.deepEqual(await doubts(`2024年低保人员名单,,,\n身份证号,姓名,出生日期,金额\n${rows.join('\n')}`), [
      'header.title',
    ]);
    assert.deepEqual(await doubts(`2024年低保人员名单\n身份证号,姓名,出生日期,金额\n${rows.join('\n')}`), [
      'header.title',
    ]);
    assert.deepEqual(
      await doubts(`2024年低保人员名单,,,\n身份证号,姓名,出生日期,金额\n${rows.join('\n')}`, {
        headerRows: [2],
      }),
      [],
    );
  });

  const undoubted = async (folder: string): Promise<void> => {
    for (const name of sharedFiles(folder).filter((file) => file.endsWith('.csv'))) {
      const found = await doubts(readFileSync(sharedData(`${folder}/${name}`)).subarray(0, 400_000));
      assert.deepEqual(found, [], name);
    }
  };

  test('no header of a real file is doubted', async () => {
    for (const folder of ['beijing-air', 'gb-codes']) await undoubted(folder);
  });

  test('nor of one that may not be passed on', needsUnlicensedData, async () => {
    for (const folder of ['gbk-csv', 'shantou-air']) await undoubted(folder);
  });
});

test('an encoding that is not named is doubted where the text does not prove it', async () => {
  const file = (text: string): string => `a,b\n1,${text}\n`;
  assert.deepEqual(await doubts(encodeGb18030(file('北京市海淀区公安分局'))), []);
  assert.deepEqual(await doubts(file('张')), []);
  const cyrillic = Buffer.concat([Buffer.from('a,b\n1,'), Buffer.from('c8c2c0cdcec220cfc5d2d0cec2', 'hex')]);
  assert.deepEqual(await doubts(cyrillic), ['encoding.guessed']);
  assert.deepEqual(await doubts(cyrillic, { encoding: 'windows-1251' }), []);
  assert.deepEqual(await doubts(Buffer.from(file('Müller'), 'latin1')), ['encoding.guessed']);
});

test('a separator is doubted where another one splits every line as evenly', async () => {
  assert.deepEqual(await doubts('1,5;2,5\n3,5;4,5\n', { headerRows: [] }), ['csv.separator']);
  assert.deepEqual(await doubts('a,b;c,d\ne,f;g,h\n'), ['csv.separator']);
  assert.deepEqual(await doubts('a,b;c,d\ne,f;g,h\n', { separator: ';' }), []);
  // cells that all hold the other sign leave the header alone
  assert.deepEqual(await doubts('id;amount\na;1,5\nb;2,5\nc;3,5\n'), []);
});
