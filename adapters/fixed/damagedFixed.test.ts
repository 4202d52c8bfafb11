/** What offices' fixed-width files hold: columns padded by characters, other encodings, marks and controls. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { Problem } from '../../terms/problem.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { readAll, rulesOf, type ReadAll } from '../fixtures/readAll.ts';

const columns = [
  { name: 'name', start: 0, length: 6 },
  { name: 'code', start: 6, length: 6 },
];
const read = (content: Uint8Array, options: object = {}, chunk = 4096): Promise<ReadAll> =>
  readAll('fixed', bytesOf(content, chunk), { columns, ...options });
const gb = (text: string): Uint8Array => encodeGb18030(text);
const utf16 = (text: string, encoding: string): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return encoding === 'utf-16be' ? bytes.swap16() : bytes;
};

test('a column that ends beyond recordLength ends with its record', async () => {
  const layout = {
    columns: [
      { name: 'a', start: 0, length: 2 },
      { name: 'b', start: 2, length: 9, trim: 'none' },
    ],
    recordLength: 4,
  };
  for (const encoding of ['gb18030', 'utf-8', 'big5'])
    for (const end of ['\n', '\r\n']) {
      const file = Buffer.from(['abcd', 'longer than the others', 'efgh', ''].join(end));
      const { records, bad } = await read(file, { ...layout, encoding });
      assert.deepEqual(records, [
        ['ab', 'cd'],
        ['ef', 'gh'],
      ]);
      assert.deepEqual(rulesOf(bad), ['2 fixed.long']);
    }
});

describe('columns padded by characters', () => {
  const padded = '张三    990101\n李光    990102\n王小明   990103\nAB    990104\n';
  const rows = [
    ['张三', '990101'],
    ['李光', '990102'],
    ['王小明', '990103'],
    ['AB', '990104'],
  ];

  test('are doubted as a whole where offsets count bytes, in each encoding of several bytes', async () => {
    assert.deepEqual((await read(gb(padded))).doubts, ['file 0:0 fixed.padded']);
    assert.deepEqual((await read(Buffer.from(padded), { encoding: 'utf-8' })).doubts, [
      'file 0:0 fixed.padded',
    ]);
  });

  test('are read with unit: characters', async () => {
    for (const [content, encoding] of [
      [gb(padded), 'gb18030'],
      [Buffer.from(padded), 'utf-8'],
      [Buffer.from(`\ufeff${padded}`, 'utf16le'), 'utf-16'],
    ] as const) {
      const { records, doubts, bad } = await read(
        content,
        { encoding, unit: 'characters', recordLength: 12 },
        7,
      );
      assert.deepEqual([records, doubts, bad], [rows, [], []], encoding);
    }
  });

  test('a U+FFFD that the source wrote is no broken byte, also next to one', async () => {
    const parts = (...lost: number[]): readonly number[] => [...lost, 0x20, 0x20, 0x20, 0x20];
    const cases = [
      ['utf-8', Buffer.from('张'), parts(0xef, 0xbf, 0xbd)],
      ['gb18030', gb('张'), parts(0x84, 0x31, 0xa4, 0x37)],
    ] as const;
    for (const [encoding, name, lost] of cases) {
      const bytes = Buffer.concat([name, Buffer.from(lost), Buffer.from('99010'), Buffer.from([0xff, 0x0a])]);
      const { bad } = await read(bytes, { encoding, unit: 'characters' });
      assert.deepEqual(
        bad[0]?.problems.map(({ column, rule }) => `${column} ${rule}`),
        ['1 encoding.lost', '2 encoding.invalid'],
        encoding,
      );
    }
  });

  test('lengths are then characters in what is reported', async () => {
    const options = { unit: 'characters', recordLength: 12 };
    const { bad } = await read(gb('张三    99010\n张三    9901012\n'), options);
    assert.deepEqual(rulesOf(bad), ['1 fixed.short-characters', '2 fixed.long-characters']);
    assert.deepEqual(
      bad.map(({ problems }) => problems[0]?.got),
      ['11 characters', '13 characters'],
    );
    const broken = Buffer.concat([gb('张三    99010'), Buffer.from([0xff, 0x0a])]);
    assert.deepEqual(rulesOf((await read(broken, options)).bad), ['1 encoding.invalid']);
    await assert.rejects(read(gb(padded), { ...options, lineEnds: false }), Problem);
  });

  test('lines of equal bytes, free ends and a declared length are not doubted', async () => {
    for (const [content, options] of [
      ['张三  990101\n王小明990102\nABCDEF990103\n', {}],
      ['张三  990101北京\n王小明990102上海市\nABCDEF990103x\n', {}],
      [padded, { recordLength: 12 }],
    ] as const)
      assert.deepEqual((await read(gb(content), options)).doubts, []);
  });
});

test('records in UTF-8 in a file of another encoding are doubted', async () => {
  const utf8 = Buffer.from('李四990102\n');
  const file = Buffer.concat([gb('张三  990101\n'), utf8, gb('王五  990103\n')]);
  for (const options of [{}, { unit: 'characters', short: 'fill' }])
    assert.deepEqual((await read(file, options)).doubts, ['2:0 encoding.mixed']);
});

describe('marks and characters that cannot be seen', () => {
  const file =
    '="0012"990101\n\'00123990102\n锟斤拷990103\na\u0007bc  990104\n\u001f0012 990105\nO\'Hara990106\n';
  const clean = ['0012', '00123', '锟斤拷', 'a\u0007bc', '0012', "O'Hara"];

  test('marks are removed and reported, the others doubted', async () => {
    for (const options of [
      {},
      {
        columns: [
          { name: 'name', start: 0, length: 6 },
          { name: 'code', start: 6, length: 6, occurs: 1 },
        ],
      },
    ]) {
      const { records, warnings, doubts } = await read(gb(file), options);
      assert.deepEqual(
        records.map((cells) => (cells as readonly unknown[])[0]),
        // 0012 between its marks is one character longer than its column
        ['="0012', ...clean.slice(1)],
      );
      assert.deepEqual(warnings, ['2:1 spreadsheet.mark', '5:1 spreadsheet.mark']);
      assert.deepEqual(doubts, ['3:1 encoding.mojibake', '4:1 text.invisible']);
    }
  });

  test('in characters and in UTF-16 too', async () => {
    const wide = Buffer.from(`\ufeff'00123990102\na\u200bbc  990104\n`, 'utf16le');
    const { records, warnings, doubts } = await read(wide, { unit: 'characters' });
    assert.deepEqual(records[0], ['00123', '990102']);
    assert.deepEqual([warnings, doubts], [['1:1 spreadsheet.mark'], ['2:1 text.invisible']]);
  });

  test('each character typed in place of an apostrophe is one, in bytes and in characters', async () => {
    for (const mark of ["'", '`', '\u2018', '\u2019', '\uff07'])
      for (const unit of ['bytes', 'characters']) {
        const width = unit === 'bytes' ? gb(mark).length : 1;
        const { records, warnings } = await read(gb(`${mark}${'0012345'.slice(0, 6 - width)}990102\n`), {
          unit,
        });
        assert.deepEqual(records[0], ['0012345'.slice(0, 6 - width), '990102'], `${mark} ${unit}`);
        assert.deepEqual(warnings, ['1:1 spreadsheet.mark'], `${mark} ${unit}`);
      }
  });

  test('spreadsheetMarks: keep leaves them in the text', async () => {
    const { records, warnings } = await read(gb("'00123990102\n"), { spreadsheetMarks: 'keep' });
    assert.deepEqual([records, warnings], [[["'00123", '990102']], []]);
  });
});

test('a final 0x1A is no record, with line ends and without, in UTF-16 too', async () => {
  const rows = [['张三', '990101']];
  assert.deepEqual((await read(gb('张三  990101\r\n\u001a'))).records, rows);
  assert.deepEqual((await read(gb('张三  990101\u001a\u001a'), { recordLength: 12 })).records, rows);
  assert.deepEqual(
    (await read(gb('张三  990101\u001a'), { recordLength: 12, lineEnds: false })).records,
    rows,
  );
  const inBytes = columns.map(({ name, start }) => ({ name, start: start * 2, length: 12 }));
  for (const encoding of ['utf-16le', 'utf-16be']) {
    const wide = utf16('张三    990101\n\u001a', encoding);
    assert.deepEqual((await read(wide, { encoding, unit: 'characters' })).records, rows, encoding);
    const runs = { encoding, columns: inBytes, recordLength: 24, lineEnds: false };
    const run = utf16('张三    990101\u001a\u001a', encoding);
    assert.deepEqual((await read(run, runs, 7)).records, rows, encoding);
    for (const end of ['\u001a\u001b', '\u1a00'])
      await assert.rejects(
        read(utf16(`张三    990101${end}`, encoding), runs),
        (error) => error instanceof Problem && error.code === 'file_truncated',
      );
  }
});

describe('a line end unlike the first of the file', () => {
  const doubtsIn = async (text: string, options: object): Promise<(readonly string[])[]> => {
    const found: (readonly string[])[] = [];
    for (const [content, encoding, unit] of [
      [gb(text), 'gb18030', 'bytes'],
      [gb(text), 'gb18030', 'characters'],
      [utf16(text, 'utf-16le'), 'utf-16le', 'characters'],
      [utf16(text, 'utf-16be'), 'utf-16be', 'characters'],
    ] as const)
      for (const chunk of [3, 4096])
        found.push((await read(content, { encoding, unit, ...options }, chunk)).doubts);
    return found;
  };

  const eightTimes = (doubts: readonly string[]): (readonly string[])[] =>
    Array<readonly string[]>(8).fill(doubts);

  test('puts a short record of one line in doubt, in every encoding', async () => {
    const text = 'abcdef990101\r\nabcdef\n990102\r\nabcdef990103\r\n';
    assert.deepEqual(await doubtsIn(text, { short: 'fill' }), eightTimes(['2:0 lines.end', '3:0 lines.end']));
  });

  test('puts every later record of several lines in doubt, for its lines may be shifted', async () => {
    const record = 'abcdef\r\n990101\r\n';
    const options = { recordLines: 2 };
    for (const end of ['\n', '\r']) {
      const text = `${record}${record}abc${end}def\r\n990102\r\n${record}`;
      assert.deepEqual(
        await doubtsIn(text, { ...options, short: 'fill' }),
        eightTimes(['5:0 lines.end', '7:0 lines.end', '9:0 lines.end']),
      );
    }
    const titled = await doubtsIn(`title\r\nof it\n${record}${record}`, { ...options, skipLines: 2 });
    assert.deepEqual(titled, eightTimes(['3:0 lines.end', '5:0 lines.end']));
    const plain = await doubtsIn(`${record.replaceAll('\r', '')}${record}`, options);
    assert.deepEqual(plain, eightTimes([]), 'a CRLF in a file of LF splits nothing');
  });
});

test('runs of one character take time in proportion to them', async () => {
  const started = performance.now();
  for (const one of ['"', '=', "'", ' ', '\t', '\r', '0', '锟', '="'])
    for (const options of [{}, { unit: 'characters' }, { short: 'fill' }])
      await read(
        gb(`${one.repeat(2_000_000 / one.length)}\n张三  990101\n`),
        {
          columns: [{ name: 'all', start: 0, length: 65_536, zeros: 'strip' }],
          maxRecordBytes: 16_777_216,
          ...options,
        },
        1_000_000,
      );
  assert.equal(performance.now() - started < 60_000, true, 'some look at the text is no single pass');
});
