import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { needsUnlicensedData, sharedData } from '../../tests/sharedData.ts';
import { bytesOf, fileBytes } from '../fixtures/bytes.ts';
import { formatNamed, readRecords } from '../formats.ts';
import { separatorAgreement } from './sniffSeparator.ts';
import type { BadRecord, Bytes, TableBatch } from '../reading/reader.ts';

interface Read {
  readonly columns: readonly string[];
  readonly records: readonly (readonly unknown[])[];
  readonly lines: readonly number[];
  readonly bad: readonly BadRecord[];
  readonly skipped: number;
  readonly warnings: readonly string[];
}

async function read(bytes: Bytes, options: object = {}): Promise<Read> {
  const batches: TableBatch[] = [];
  for await (const batch of readRecords(formatNamed('csv'), bytes, options)) {
    assert.equal(batch.kind, 'table');
    batches.push(batch);
  }
  return {
    columns: batches.at(-1)?.columns ?? [],
    records: batches.flatMap((batch) => [...batch.records]),
    lines: batches.flatMap((batch) => batch.lines),
    bad: batches.flatMap((batch) => batch.bad),
    skipped: batches.reduce((sum, batch) => sum + batch.skipped, 0),
    warnings: batches.flatMap((batch) =>
      batch.warnings.map(({ line, column, rule }) => `${line}:${column} ${rule}`),
    ),
  };
}

const rules = (bad: readonly BadRecord[]): string[] =>
  bad.map(({ line, problems }) => `${line} ${problems[0]?.rule ?? ''}`);

describe('lines and quotes', () => {
  test('LF, CRLF and lone CR end lines, also mixed in one file and cut into chunks anywhere', async () => {
    for (const chunk of [1, 3, 1000]) {
      const { records, lines, skipped } = await read(bytesOf('a,b\r\n1,2\r3,4\n\n5,6', chunk));
      assert.deepEqual(records, [
        ['1', '2'],
        ['3', '4'],
        ['5', '6'],
      ]);
      assert.deepEqual(lines, [2, 3, 5]);
      assert.equal(skipped, 1);
    }
  });

  test('a file may have lone CRs only', async () => {
    const { columns, records } = await read(bytesOf('a,b\r1,2\r3,4\r'));
    assert.deepEqual(columns, ['a', 'b']);
    assert.deepEqual(records, [
      ['1', '2'],
      ['3', '4'],
    ]);
  });

  test('quoted cells hold separators, doubled quotes and line ends; lines are physical', async () => {
    const { records, lines } = await read(bytesOf('a,b\n"x,1","say ""hi"""\n"two\nlines",y\nlast,z\n'));
    assert.deepEqual(records, [
      ['x,1', 'say "hi"'],
      ['two\nlines', 'y'],
      ['last', 'z'],
    ]);
    assert.deepEqual(lines, [2, 3, 5]);
  });

  test('a misplaced or unclosed quote makes only its own line bad', async () => {
    const { records, bad } = await read(bytesOf('a,b\n1,x"y\n2,"ok"\n3,"open\n4,d\n5,"e"z\n6,f\n'));
    assert.deepEqual(rules(bad), ['2 csv.quote', '4 csv.quote-unclosed', '6 csv.quote']);
    assert.deepEqual(
      records.map(([first]) => first),
      ['2', '4', '6'],
    );
  });

  test('a quote that never closes is bounded by the longest record', async () => {
    const filler = 'x,y\n'.repeat(2000);
    const { bad, records } = await read(bytesOf(`a,b\n1,"open\n${filler}`), { maxRecordBytes: 1024 });
    assert.deepEqual(rules(bad), ['2 csv.quote-unclosed']);
    assert.equal(records.length, 2000);
  });

  test('ragged records are bad with both numbers, or filled up where the options say so', async () => {
    const short = await read(bytesOf('a,b,c\n1,2\n1,2,3,4\n1,2,3\n'));
    assert.deepEqual(rules(short.bad), ['2 csv.ragged', '3 csv.ragged']);
    assert.match(short.bad[0]?.problems[0]?.message.zh ?? '', /应为 3 列，实为 2 列/);
    const filled = await read(bytesOf('a,b,c\n1,2\n1,2,3,4\n'), { ragged: 'fill' });
    assert.deepEqual(filled.records, [['1', '2']]);
    assert.equal(filled.bad.length, 1);
  });

  test('records that are filled up take no more memory than the file, however wide its header', async () => {
    const header = Array.from({ length: 20_000 }, (_, column) => `c${column}`).join(',');
    const file = bytesOf(`${header}\n${'1\n'.repeat(30_000)}`);
    const before = process.memoryUsage().arrayBuffers;
    let records = 0;
    for await (const batch of readRecords(formatNamed('csv'), file, { ragged: 'fill' })) {
      assert.ok(process.memoryUsage().arrayBuffers - before < 2 ** 26);
      assert.equal(batch.kind === 'table' && batch.columns.length, 20_000);
      records += batch.records.length;
    }
    assert.equal(records, 30_000);
  });
});

describe('headers', () => {
  test('two header rows are filled to the right and joined', async () => {
    const { columns, records } = await read(bytesOf('户籍信息,,联系\n姓名,性别,电话\n甲,男,1\n'), {
      headerRows: [1, 2],
    });
    assert.deepEqual(columns, ['户籍信息/姓名', '户籍信息/性别', '联系/电话']);
    assert.deepEqual(records, [['甲', '男', '1']]);
  });

  test('title lines above the header are skipped; without a header columns have numbers', async () => {
    assert.deepEqual(
      (await read(bytesOf('报表\n\na,b\n1,2\n'), { headerRows: [3], separator: ',' })).records,
      [['1', '2']],
    );
    assert.deepEqual((await read(bytesOf('1,2\n'), { headerRows: [] })).columns, ['1', '2']);
    assert.deepEqual((await read(bytesOf('1,2\n'), { headerRows: [], columns: ['x', 'y'] })).columns, [
      'x',
      'y',
    ]);
  });

  test('lines above the header, and a header that is replaced by columns, are not judged', async () => {
    for (const title of ['Report, "2026"', 'Report "2026"', 'Report "20', '报表']) {
      const titled = await read(bytesOf(`${title}\n\na,b\n1,2\n`), { headerRows: [3], separator: ',' });
      assert.deepEqual([titled.columns, titled.records, titled.bad], [['a', 'b'], [['1', '2']], []], title);
      const options = { headerRows: [1], columns: ['x', 'y'], separator: ',' };
      const replaced = await read(bytesOf(`${title}\n1,2\n`), options);
      assert.deepEqual(
        [replaced.columns, replaced.records, replaced.bad],
        [['x', 'y'], [['1', '2']], []],
        title,
      );
    }
    await assert.rejects(
      read(bytesOf('a, "b"\n1,2\n'), { separator: ',' }),
      (error) => error instanceof Problem && error.code === 'file_header_missing',
    );
  });

  test('a separator of two UTF-16 units is refused: cells would begin with half of it', async () => {
    await assert.rejects(
      async () => read(bytesOf('a😀b\n'), { separator: '😀' }),
      (error) => error instanceof Problem && error.code === 'adapter_options_invalid',
    );
  });

  test('the separator that splits every line into the same number of cells is found', async () => {
    assert.deepEqual((await read(bytesOf('a\tb, c\n1\t2, 3\n'))).columns, ['a', 'b, c']);
    assert.deepEqual((await read(bytesOf('a;b\n1,5;2,5\n'))).records, [['1,5', '2,5']]);
    assert.deepEqual((await read(bytesOf('a|b\n1|2\n'))).columns, ['a', 'b']);
    assert.deepEqual((await read(bytesOf('a;b;c'))).columns, ['a', 'b', 'c'], 'a header without a line end');
    assert.deepEqual((await read(bytesOf('1;2;3'), { headerRows: [] })).records, [['1', '2', '3']]);
    const good = 'a;b\n'.repeat(200);
    const { share } = separatorAgreement(`${good}${'x "y\n'.repeat(300)}`, '"');
    assert.equal(share, 1, 'only the first 200 records count');
  });

  test('a range of blank rows has the bytes of every separator that may be chosen', () => {
    const blanksOf = (encoding: string, separator: string): ReadonlySet<number> | undefined =>
      formatNamed('csv').divide?.(
        { encoding, separator, quote: '"', headerRows: [1], blankRows: 'doubt' },
        Buffer.from('a，b\n1，2\n'),
      )?.blanks;
    for (const separator of ['auto', '，']) {
      const [utf8, gb18030] = ['utf-8', 'gb18030'].map((encoding) => blanksOf(encoding, separator));
      const bytes = [0xef, 0xbc, 0x8c].map((byte) => utf8?.has(byte));
      assert.deepEqual(bytes, [true, true, true], separator);
      assert.deepEqual([gb18030?.has(0xa3), gb18030?.has(0xac)], [true, true], separator);
    }
  });
});

describe('encodings', () => {
  const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
  const gbk = Buffer.concat([Buffer.from('code,name\n1,'), Buffer.from([0xd5, 0xc5, 0xc8, 0xfd, 0x0a])]);

  test('UTF-8 with a byte order mark, and UTF-16 in both byte orders with and without one, are recognised', async () => {
    assert.deepEqual((await read(bytesOf('\ufeffa,b\n张,三\n'))).columns, ['a', 'b']);
    const swapped = Buffer.from(utf16('a,b\n张,三\n')).swap16();
    for (const bytes of [utf16('a,b\n张,三\n'), swapped, utf16('aa,bb\ncc,dd\n').subarray(2)]) {
      for (const chunk of [1, 5, 1000]) assert.equal((await read(bytesOf(bytes, chunk))).records.length, 1);
    }
    assert.deepEqual((await read(bytesOf(utf16('a,b\n张,三\n')))).records, [['张', '三']]);
  });

  test('every GB label means GB18030, and a file whose header is ASCII is still recognised', async () => {
    for (const encoding of ['auto', 'GBK', 'gbk', 'gb2312', 'cp936', 'gb18030']) {
      assert.deepEqual((await read(bytesOf(gbk), { encoding })).records, [['1', '张三']], encoding);
    }
    // € and a four-byte ideograph, cut at every byte
    const euro = Buffer.concat([Buffer.from('a\n'), Buffer.from([0xa2, 0xe3, 0x95, 0x32, 0x82, 0x36, 0x0a])]);
    for (const chunk of [1, 2, 3, 100]) {
      assert.deepEqual((await read(bytesOf(euro, chunk), { encoding: 'gbk' })).records, [['€𠀀']]);
    }
  });

  test('bytes that are not valid in the declared encoding make their record bad, not the file', async () => {
    const broken = Buffer.concat([
      Buffer.from('a,b\n1,好\n2,'),
      Buffer.from([0xd5, 0xc5]),
      Buffer.from('\n3,好\n'),
    ]);
    const { records, bad } = await read(bytesOf(broken), { encoding: 'utf-8' });
    assert.deepEqual(records, [
      ['1', '好'],
      ['3', '好'],
    ]);
    assert.deepEqual(rules(bad), ['3 encoding.invalid']);
    assert.equal(bad[0]?.problems[0]?.column, 2);
  });

  test('a character that was lost before is no broken byte, also in the lines next to one', async () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const lines = ['a,b', '1,张\ufffd', '2,x', '"3', '4",y', '5,\ufffd', ''].join(end);
      const at = Buffer.from(lines);
      // a byte in the middle of the record in two lines
      at[at.indexOf('y')] = 0xd5;
      for (const chunk of [1, 9, 4_096]) {
        const { bad } = await read(bytesOf(at, chunk), { encoding: 'utf-8', lineEnds: 'any' });
        assert.deepEqual(
          rules(bad),
          ['2 encoding.lost', '4 encoding.invalid', '6 encoding.lost'],
          `${JSON.stringify(end)} by ${chunk}`,
        );
      }
    }
    for (const swapped of [false, true]) {
      const units = utf16('a,b\n1,张\ufffd\n2,y\n3,\ufffd\n');
      units.writeUInt16LE(0xd800, units.indexOf('y', 0, 'utf16le'));
      const file = swapped ? Buffer.from(units).swap16() : units;
      for (const chunk of [1, 7, 4_096])
        assert.deepEqual(rules((await read(bytesOf(file, chunk))).bad), [
          ...['2 encoding.lost', '3 encoding.invalid', '4 encoding.lost'],
        ]);
      const tail = Buffer.from('4,', 'utf16le');
      const half = [file, swapped ? tail.swap16() : tail, Buffer.from('x')];
      const cut = await read(bytesOf(Buffer.concat(half)));
      assert.equal(rules(cut.bad).at(-1), '5 encoding.invalid');
    }
    const heading = Buffer.concat([Buffer.from('a\ufffd,b\n1,'), Buffer.from([0xd5]), Buffer.from('\n')]);
    await assert.rejects(read(bytesOf(heading), { encoding: 'utf-8' }), (error) => {
      assert.ok(error instanceof Problem);
      assert.equal(error.code, 'file_header_missing');
      return true;
    });
  });

  test('a header that cannot be decoded refuses the file', async () => {
    const header = Buffer.from([0xd5, 0xc5, 0x2c, 0x62, 0x0a]);
    await assert.rejects(
      read(bytesOf(header), { encoding: 'utf-8' }),
      (error) => error instanceof Problem && error.code === 'file_encoding_wrong',
    );
  });

  test('a header with broken bytes names the first of them; a header that contains U+FFFD is not called wrongly encoded', async () => {
    // two chunks of 64 KiB and more: title and header in the first, the first record in the second
    const title = `${'x'.repeat(70_000)}\n`;
    const broken = Buffer.concat([Buffer.from(title), Buffer.from([0xd5, 0xc5, 0x2c, 0x62, 0x0a])]);
    const bytes = Buffer.concat([broken, Buffer.from(`${'\n'.repeat(200_000)}1,2\n`)]);
    await assert.rejects(
      read(bytesOf(bytes, 65_536), { encoding: 'utf-8', headerRows: [2], separator: ',' }),
      (error) =>
        error instanceof Problem &&
        error.code === 'file_encoding_wrong' &&
        error.facts['byte'] === title.length,
    );
    await assert.rejects(
      read(bytesOf('a\ufffd,b\n1,2\n'), { encoding: 'utf-8', separator: ',' }),
      (error) =>
        error instanceof Problem &&
        error.code === 'file_header_missing' &&
        JSON.stringify(error).includes('encoding.lost'),
    );
  });

  test('a header of U+FFFD below an undecodable line is not called wrongly encoded; a broken one has its byte', async () => {
    const [title, second] = [Buffer.from([0xd5, 0x0a]), 'second line\n'];
    const after = (header: Uint8Array): Bytes =>
      bytesOf(Buffer.concat([title, Buffer.from(second), header, Buffer.from('1,2\n')]));
    const options = { encoding: 'utf-8', headerRows: [3], separator: ',' };
    await assert.rejects(read(after(Buffer.from('a\ufffd,b\n')), options), { code: 'file_header_missing' });
    await assert.rejects(read(after(Buffer.from([0xd5, 0x2c, 0x62, 0x0a])), options), {
      code: 'file_encoding_wrong',
      facts: { line: 3, byte: title.length + second.length, encoding: 'utf-8' },
    });
    for (const end of ['\n', '\r\n', '\r'])
      for (const chunk of [1, 6, 4_096]) {
        const wide = Buffer.from(`\ufefft\ud800${end}second${end}a\ud800,b${end}1,2${end}`, 'utf16le');
        await assert.rejects(read(bytesOf(wide, chunk), { ...options, encoding: 'utf-16le' }), {
          code: 'file_encoding_wrong',
          facts: { line: 3, byte: 2 + 2 * (2 + 6 + 2 * end.length), encoding: 'utf-16le' },
        });
      }
  });

  test('broken bytes in a record of many lines are found once for all its cells', async () => {
    const cells = ['\n'.repeat(300_000), ...Array.from({ length: 1_000 }, () => '\ufffd')];
    const text = `"${cells.join('","')}"\n`;
    const names = cells.map((_, at) => `c${at}`).join(',');
    const bytes = Buffer.concat([Buffer.from(`${names}\n${text}`), Buffer.from([0xd5, 0x0a])]);
    const started = process.cpuUsage();
    const { bad } = await read(bytesOf(bytes, 65_536), { encoding: 'utf-8', separator: ',' });
    const { user } = process.cpuUsage(started);
    assert.deepEqual(rules(bad).slice(0, 1), ['2 encoding.lost']);
    assert.ok(user < 2_000_000, `${user} µs`);
  });

  test('NUL makes a record bad; a private-use character is reported but retained', async () => {
    const { bad, warnings, records } = await read(bytesOf('a,b\n1,x\0y\n2,\ue76c王\n'));
    assert.deepEqual(rules(bad), ['2 text.nul']);
    assert.deepEqual(warnings, ['3:2 text.private-use']);
    assert.equal(records.length, 1);
  });

  test('NUL in a header is refused with its byte', async () => {
    const wide = { encoding: 'utf-16le', separator: ',' };
    const gb = { encoding: 'gb18030', headerRows: [2] };
    const nul = async (bytes: Uint8Array, facts: object, options = {}): Promise<void> => {
      for (const chunk of bytes.length > 1000 ? [70_000] : [1, 5, 300_000])
        await assert.rejects(read(bytesOf(bytes, chunk), options), { code: 'file_binary', facts });
    };
    await nul(Buffer.from('a,b\0\0\n1,2\n'), { line: 1, byte: 3 });
    await nul(Buffer.from('\ufeff姓名,b\0\n1,2\n'), { line: 1, byte: 11 });
    // a character of four bytes
    const rare = Buffer.from('8139ee39', 'hex');
    const named = Buffer.concat([rare, encodeGb18030('\0姓名\n甲,b\0\n')]);
    await nul(named, { line: 2, byte: 14 }, gb);
    for (const mark of ['', '\ufeff'])
      await nul(Buffer.from(`${mark}甲,b\0\n1,2\n`, 'utf16le'), { line: 1, byte: mark.length * 2 + 6 }, wide);
    // a header of more than one block
    const long = '甲'.repeat(100_000);
    await nul(Buffer.from(`"${long}\n${long}",b\0\n1,2\n`), { line: 1, byte: 600_005 });
    await nul(Buffer.from(`"a\0\n${long}\n",b\n1,2\n`), { line: 1, byte: 2 });
    // the limit of a line in UTF-16 after a byte order mark
    const line = Buffer.from(`\ufeffa\n${'b'.repeat(2_000)}\n`, 'utf16le');
    await assert.rejects(read(bytesOf(line), { ...wide, maxRecordBytes: 1024 }), {
      code: 'file_record_too_long',
      facts: { line: 2, byte: 6, limit: 1024 },
    });
  });

  test('an empty file, a missing header and a line without end are refused', async () => {
    const refused = async (bytes: Bytes, code: string, options = {}): Promise<void> =>
      assert.rejects(read(bytes, options), (error) => error instanceof Problem && error.code === code);
    await refused(bytesOf(''), 'file_empty');
    await refused(bytesOf('a,b\0\n1,2\n'), 'file_binary');
    await refused(bytesOf('a,b\n'), 'file_header_missing', { headerRows: [3] });
    await refused(bytesOf('a,b\n' + 'x'.repeat(300_000)), 'file_record_too_long', { maxRecordBytes: 65536 });
    await assert.rejects(
      async () => read(bytesOf('a'), { seperator: ',' }),
      (error) => error instanceof Problem && error.code === 'adapter_options_invalid',
    );
  });
});

describe('real files', () => {
  const json = (path: string): unknown[] => JSON.parse(readFileSync(sharedData(path), 'utf8')) as unknown[];

  test('Beijing air is read completely: 35,064 records a station and the known number of NA', async () => {
    for (const [station, rowsWithNa, cellsNa] of [
      ['Aotizhongxin', 3249, 7271],
      ['Changping', 2383, 5166],
      ['Dongsi', 4726, 7600],
    ] as const) {
      const { records, columns, bad } = await read(
        fileBytes(sharedData(`beijing-air/PRSA_Data_${station}_20130301-20170228.csv`)),
      );
      assert.equal(records.length, 35_064);
      assert.equal(bad.length, 0);
      assert.ok(columns.includes('PM2.5'));
      assert.equal(records.filter((cells) => cells.includes('NA')).length, rowsWithNa);
      assert.equal(records.flat().filter((cell) => cell === 'NA').length, cellsNa);
    }
  });

  test('GB code lists in GBK have the content of those in UTF-8 and JSON', async () => {
    for (const [name, copy, rows] of [
      ['GB-2260', 'gbk', 6564],
      ['GB-4754-2017', 'gb18030', 1970],
      ['GB-3304-1991', 'gbk', 56],
      ['GB-6864-2003', 'gbk', 56],
    ] as const) {
      const utf8 = await read(fileBytes(sharedData(`gb-codes/${name}.utf8.csv`)));
      const legacy = await read(fileBytes(sharedData(`gb-codes/${name}.${copy}.csv`), 777));
      assert.equal(legacy.records.length, rows);
      assert.deepEqual(legacy.records, utf8.records);
      const original = json(`gb-codes/${name}.json`) as Record<string, unknown>[];
      const at = utf8.columns.indexOf('name');
      assert.deepEqual(
        utf8.records.map((cells) => cells[at]),
        original.map((entry) => entry['name'] ?? ''),
      );
    }
  });

  test('a GBK file with an ASCII header is read', needsUnlicensedData, async () => {
    const { records, columns } = await read(fileBytes(sharedData('gbk-csv/china_city_list.gbk.csv')));
    assert.equal(records.length, 345);
    assert.equal(columns[0], 'City');
    assert.deepEqual(records[0]?.slice(0, 3), ['七台河', '七台河市', 'Qitaihe']);
  });

  test(
    'Shantou stations are read: an empty first header, units in Greek letters',
    needsUnlicensedData,
    async () => {
      const expected = {
        'station_info.csv': 7,
        'EnvDataCity.dbo.Station.csv': 7,
        'EnvDataCity.dbo.Pollutant.csv': 25,
      };
      for (const [file, rows] of Object.entries(expected)) {
        const { records, columns } = await read(fileBytes(sharedData(`shantou-air/${file}`)));
        assert.equal(records.length, rows);
        assert.equal(columns[0], file.includes('Pollutant') ? 'PollutantId' : '');
      }
    },
  );
});
