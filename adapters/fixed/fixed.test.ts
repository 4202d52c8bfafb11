import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { needsUnlicensedData, sharedData } from '../../tests/sharedData.ts';
import { bytesOf, fileBytes } from '../fixtures/bytes.ts';
import { readAll, rulesOf } from '../fixtures/readAll.ts';

/** The layout of the Shantou observation files, from the note that came with them. */
export const shantouLayout = {
  recordLength: 100,
  columns: [
    { name: 'site', start: 0, length: 5 },
    { name: 'year', start: 6, length: 4 },
    { name: 'month', start: 11, length: 2 },
    { name: 'day', start: 14, length: 2 },
    { name: 'longitude', start: 17, length: 12 },
    { name: 'latitude', start: 30, length: 12 },
    ...(
      [
        ['so2', 43, 8],
        ['no2', 52, 8],
        ['co', 61, 12],
        ['o3', 74, 8],
        ['pm10', 83, 8],
        ['pm25', 92, 8],
      ] as const
    ).map(([name, start, length]) => ({ name, start, length, nulls: ['-9999'] })),
  ],
};

describe('fixed width', () => {
  const names = {
    columns: [
      { name: 'id', start: 0, length: 4, zeros: 'strip' },
      { name: 'name', start: 4, length: 6 },
      { name: 'n', start: 10, length: 3 },
    ],
  };
  const gbk = (...parts: (string | number[])[]): Buffer =>
    Buffer.concat(parts.map((part) => Buffer.from(part as string)));

  test('offsets count bytes: a GBK name is cut before it is decoded', async () => {
    const bytes = gbk('0001', [0xd5, 0xc5, 0xc8, 0xfd], '   12\n0012ab     7 \n');
    for (const chunk of [1, 7, 1000]) {
      const { records, lines } = await readAll('fixed', bytesOf(bytes, chunk), names);
      assert.deepEqual(records, [
        ['1', '张三', '12'],
        ['12', 'ab', '7'],
      ]);
      assert.deepEqual(lines, [1, 2]);
    }
  });

  test('a character cut in two by the layout makes its record bad, and only that', async () => {
    const bytes = gbk('0001aaaaa', [0xd5, 0xc5], ' 1\n0002ab     7 \n');
    const { records, bad } = await readAll('fixed', bytesOf(bytes), names);
    assert.deepEqual(rulesOf(bad), ['1 encoding.invalid']);
    assert.deepEqual(records, [['2', 'ab', '7']]);
  });

  test('a character that was lost before is no broken byte, also next to one', async () => {
    const options = {
      ...{
        encoding: 'utf-8',
        columns: [
          { name: 'a', start: 0, length: 6 },
          { name: 'b', start: 6, length: 4, occurs: 2 },
        ],
      },
    };
    const lines = ['张\ufffdab  cd  ', 'abcdefab  \ufffd ', 'abcdef\ufffd cd  ', 'abcdef?   cd  '];
    const bytes = Buffer.from(lines.join('\n'));
    bytes[bytes.lastIndexOf('?')] = 0xd5;
    const { bad } = await readAll('fixed', bytesOf(bytes), options);
    assert.deepEqual(rulesOf(bad), [
      ...['1 encoding.lost', '2 encoding.lost', '3 encoding.lost', '4 encoding.invalid'],
    ]);
  });

  test('short lines are bad or filled; with a declared length longer ones are bad too; blank lines are skipped', async () => {
    const text = '0001ab     1 \n0002cd\n\n0003ef     3 extra\n';
    const strict = await readAll('fixed', bytesOf(text), { ...names, recordLength: 13 });
    assert.deepEqual(rulesOf(strict.bad), ['2 fixed.short', '4 fixed.long']);
    assert.equal(strict.skipped, 1);
    const filled = await readAll('fixed', bytesOf(text), { ...names, short: 'fill' });
    assert.deepEqual(filled.records, [
      ['1', 'ab', '1'],
      ['2', 'cd', null],
      ['3', 'ef', '3'],
    ]);
  });

  test('the euro sign of code page 936 has one byte', async () => {
    const bytes = gbk([0x80], '012', [0xd5, 0xc5, 0x80, 0x80], '  345\n');
    assert.deepEqual((await readAll('fixed', bytesOf(bytes), names)).records, [['€012', '张€€', '345']]);
  });

  test('a line of blanks is no record, however long', async () => {
    const text = `0001ab     1 \n${' '.repeat(13)}\n   \n0002cd     2 \n`;
    const read = await readAll('fixed', bytesOf(text), { ...names, recordLength: 13 });
    assert.deepEqual([read.lines, read.skipped, read.bad], [[1, 4], 2, []]);
    const wide = Buffer.from(text, 'utf16le');
    const columns = names.columns.map((one) => ({ ...one, start: one.start * 2, length: one.length * 2 }));
    const same = await readAll('fixed', bytesOf(wide), { columns, encoding: 'utf-16le', recordLength: 26 });
    assert.deepEqual([same.records, same.skipped], [read.records, 2]);
  });

  test('cells with the same text are decoded and checked like any other', async () => {
    const columns = [
      { name: 'id', start: 0, length: 1 },
      { name: 'names', start: 1, length: 4, occurs: 2 },
    ];
    const good = gbk('1', [0xd5, 0xc5, 0xc8, 0xfd], [0xc0, 0xee], '  \n');
    const cut = gbk('2', 'ab ', [0xd5, 0xc5], '   \n');
    const nul = gbk('3', 'a\0b cd  \n');
    const { records, bad } = await readAll('fixed', bytesOf(Buffer.concat([good, cut, nul])), { columns });
    assert.deepEqual(records, [['1', ['张三', '李']]]);
    assert.deepEqual(rulesOf(bad), ['2 encoding.invalid', '3 text.nul']);
    assert.deepEqual(bad[0]?.problems[0]?.header, 'names');
  });

  test('records without line ends; a remainder is a truncated file', async () => {
    const runs = {
      columns: [
        { name: 'a', start: 0, length: 2 },
        { name: 'b', start: 2, length: 1 },
      ],
      lineEnds: false,
      recordLength: 3,
    };
    const { records } = await readAll('fixed', bytesOf('ab1cd2', 2), runs);
    assert.deepEqual(records, [
      ['ab', '1'],
      ['cd', '2'],
    ]);
    await assert.rejects(
      readAll('fixed', bytesOf('ab1cd'), runs),
      (error) =>
        error instanceof Problem &&
        error.code === 'file_truncated' &&
        error.message.includes('record 2 (byte 3)'),
    );
    await assert.rejects(
      async () => readAll('fixed', bytesOf('ab1'), { columns: runs.columns, lineEnds: false }),
      (error) => error instanceof Problem && error.code === 'adapter_options_invalid',
    );
  });
});

describe('real files: Shantou air', needsUnlicensedData, () => {
  test('1,449 daily observations, site 70901 twice', async () => {
    const { records, total } = await readAll(
      'fixed',
      fileBytes(sharedData('shantou-air/20170411_daily_city_obs.txt'), 9_999),
      shantouLayout,
    );
    assert.equal(total, 1449);
    assert.deepEqual(records[0], [
      '70004',
      '2017',
      '4',
      '11',
      '117.1840',
      '39.1205',
      '14',
      '33',
      '0.825',
      '127',
      '81',
      '48',
    ]);
    assert.equal(records.filter((cells) => (cells as unknown[])[0] === '70901').length, 2);
  });

  test('six observations of Shantou in a file without an ending', async () => {
    const { records } = await readAll(
      'fixed',
      fileBytes(sharedData('shantou-air/api3_in170408')),
      shantouLayout,
    );
    assert.equal(records.length, 6);
    assert.deepEqual((records[5] as unknown[]).slice(4, 6), ['116.4019', '23.2536']);
  });

  test("the note's sentinel -9999 is no value", async () => {
    const line =
      '70001 2014 11 24     125.4540      43.7878    -9999    -9999        -9999    -9999    -9999    -9999';
    const { records } = await readAll('fixed', bytesOf(`${line}\n`), shantouLayout);
    assert.deepEqual((records[0] as unknown[]).slice(6), [null, null, null, null, null, null]);
  });

  test('a grid of 69 blocks of 21 lines each: one record a block, 3,869 values', async () => {
    const file = sharedData('shantou-air/so2_170408');
    const { records, bad } = await readAll('fixed', fileBytes(file), {
      recordLines: 21,
      columns: [
        { name: 'hour', start: 0, length: 3 },
        { name: 'so2', start: 3, length: 7, occurs: 3869 },
      ],
    });
    assert.equal(bad.length, 0);
    assert.deepEqual(
      records.map((cells) => (cells as unknown[])[0]),
      Array.from({ length: 69 }, (_, i) => String(i + 5)),
    );
    const words = readFileSync(file, 'latin1').split('\n').slice(1, 21).join('').match(/.{7}/g) ?? [];
    assert.deepEqual(
      (records[0] as unknown[])[1],
      words.map((word) => word.trim()),
    );
    assert.equal(words.length, 3869);
  });
});
