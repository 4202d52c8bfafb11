import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { Problem } from '../../terms/problem.ts';
import { sharedData } from '../../tests/sharedData.ts';
import { bytesOf, fileBytes } from '../fixtures/bytes.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { readAll, rulesOf, type ReadAll } from '../fixtures/readAll.ts';
import type { CompanionFiles } from '../reading/reader.ts';

interface Column {
  readonly name: string;
  readonly type: string;
  readonly length: number;
  readonly decimals?: number;
  /** byte 18 of Visual FoxPro: 1 system, 2 nullable */
  readonly flags?: number;
}

/** A DBF file made of a header and record bytes. */
function dbfFile(
  columns: readonly Column[],
  records: readonly (string | Buffer)[],
  changes: { version?: number; page?: number; count?: number } = {},
): Buffer {
  const header = Buffer.alloc(32 + columns.length * 32 + 1);
  header[0] = changes.version ?? 0x03;
  header.writeUInt32LE(changes.count ?? records.length, 4);
  header.writeUInt16LE(header.length, 8);
  header.writeUInt16LE(
    columns.reduce((sum, { length }) => sum + length, 1),
    10,
  );
  header[29] = changes.page ?? 0;
  columns.forEach(({ name, type, length, decimals, flags }, i) => {
    const at = 32 + i * 32;
    Buffer.from(name).copy(header, at);
    header.write(type, at + 11);
    header[at + 16] = length;
    header[at + 17] = decimals ?? 0;
    header[at + 18] = flags ?? 0;
  });
  header[header.length - 1] = 0x0d;
  return Buffer.concat([
    header,
    ...records.map((record) => Buffer.from(record as string)),
    Buffer.from([0x1a]),
  ]);
}

/** A table of dBase 7, whose field descriptions have 48 bytes. */
const dBase7 =
  (fields: readonly (readonly [name: string, type: string, length: number])[]) =>
  (records: readonly Buffer[]): Buffer => {
    const header = Buffer.alloc(68 + fields.length * 48 + 1);
    header[0] = 0x04;
    header.writeUInt32LE(records.length, 4);
    header.writeUInt16LE(header.length, 8);
    header.writeUInt16LE(
      fields.reduce((sum, [, , length]) => sum + length, 1),
      10,
    );
    for (const [i, [name, type, length]] of fields.entries()) {
      const at = 68 + i * 48;
      header.write(name, at);
      header.write(type, at + 32);
      header[at + 33] = length;
    }
    header[header.length - 1] = 0x0d;
    return Buffer.concat([header, ...records, Buffer.from([0x1a])]);
  };

const read = (file: Buffer, options: object = {}, memo?: Uint8Array, chunk = 65_536): Promise<ReadAll> =>
  readWithCompanions(file, memo === undefined ? {} : { memo }, options, chunk);
const readWithCompanions = (
  file: Buffer,
  companions: CompanionFiles,
  options: object = {},
  chunk = 65_536,
): Promise<ReadAll> => readAll('dbf', bytesOf(file, chunk), options, companions);
const refusedAs = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

describe('real files', () => {
  test('dBase III: 14 records, 31 fields, one name twice', async () => {
    const { records, columns, total } = await readAll('dbf', fileBytes(sharedData('dbf/dbase_03.dbf'), 1000));
    assert.equal(total, 14);
    assert.equal(columns.length, 31);
    assert.deepEqual(columns.filter((name) => name === 'Point_ID').length, 2);
    assert.deepEqual(
      columns,
      summaryFields('dbase_03_summary.txt').map(([name]) => name),
    );
    const date = columns.indexOf('Date_Visit');
    assert.match(String((records[0] as unknown[])[date]), /^\d{4}-\d{2}-\d{2}$/);
  });

  test('dBase III with a memo file: two records as they are known', async () => {
    const memo = readFileSync(sharedData('dbf/dbase_83.dbt'));
    const { records, total } = await readAll('dbf', fileBytes(sharedData('dbf/dbase_83.dbf')), {}, { memo });
    assert.equal(total, 67);
    for (const index of [0, 9]) {
      const known = parse(readFileSync(sharedData(`dbf/dbase_83_record_${index}.yml`), 'utf8')) as unknown[];
      const numeric = (records[index] as unknown[]).map((cell, i) =>
        typeof known[i] === 'number' ? Number(cell) : cell,
      );
      assert.deepEqual(numeric, known);
    }
    await assert.rejects(
      readAll('dbf', fileBytes(sharedData('dbf/dbase_83.dbf'))),
      refusedAs('dbf_memo_missing'),
    );
    const without = await readAll('dbf', fileBytes(sharedData('dbf/dbase_83.dbf')), { memo: 'ignore' });
    assert.equal(without.total, 67);
  });

  test('Visual FoxPro in cp1251, named by the header', async () => {
    const { records, columns } = await readAll('dbf', fileBytes(sharedData('dbf/cp1251.dbf')));
    assert.deepEqual(columns, ['RN', 'NAME']);
    assert.equal(records.length, 4);
    assert.equal((records[0] as unknown[])[1], 'амбулаторно-поликлиническое');
  });

  function summaryFields(file: string): (readonly [string, string])[] {
    const lines = readFileSync(sharedData(`dbf/${file}`), 'utf8').split('\n');
    return lines.flatMap((line) => {
      const match = /^(\S+)\s+([A-Z])\s+\d+\s+\d+\s*$/.exec(line);
      return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const];
    });
  }
});

describe('tables', () => {
  const columns: Column[] = [
    { name: 'ID', type: 'N', length: 4 },
    { name: 'AMT', type: 'N', length: 8, decimals: 2 },
    { name: 'NM', type: 'C', length: 8 },
    { name: 'D', type: 'D', length: 8 },
    { name: 'OK', type: 'L', length: 1 },
  ];
  const row = (flag: string, id: string, amount: string, name: Buffer, date: string, ok: string): Buffer =>
    Buffer.concat([
      Buffer.from(flag + id.padStart(4) + amount.padStart(8)),
      name,
      Buffer.alloc(8 - name.length, 0x20),
      Buffer.from(date + ok),
    ]);
  const zhang = Buffer.from([0xd5, 0xc5, 0xc8, 0xfd]);

  test('GBK text by code page byte, by option and by default; decimals retain their scale', async () => {
    const records = [
      row(' ', '1', '59.80', zhang, '20240229', 'T'),
      row(' ', '', '', Buffer.from('ab'), '        ', '?'),
    ];
    for (const [page, encoding] of [
      [0x4d, 'auto'],
      [0, 'auto'],
      [0x03, 'cp936'],
    ] as const) {
      for (const chunk of [1, 50, 65_536]) {
        const result = await read(dbfFile(columns, records, { page }), { encoding }, undefined, chunk);
        assert.deepEqual(result.records, [
          [1, '59.80', '张三', '2024-02-29', true],
          [null, null, 'ab', null, null],
        ]);
      }
    }
    const dos = dbfFile([{ name: 'T', type: 'C', length: 2 }], [Buffer.from([0x20, 0x84, 0x94])], {
      page: 0x01,
    });
    assert.deepEqual((await read(dos)).records, [['äö']]);
  });

  test('deleted rows are skipped and counted, or delivered', async () => {
    const file = dbfFile(columns, [
      row('*', '1', '1.00', zhang, '20240101', 'F'),
      row(' ', '2', '1.00', zhang, '20240101', 'N'),
    ]);
    const { records, skipped, lines } = await read(file);
    assert.deepEqual([records.length, skipped, lines], [1, 1, [2]]);
    assert.equal((await read(file, { deleted: 'keep' })).records.length, 2);
  });

  test('bad cells name record, column and rule', async () => {
    const file = dbfFile(columns, [
      row(' ', '****', '1.00', zhang, '20230229', 'X'),
      row(' ', '2', '1.00', Buffer.from([0xd5]), '20240101', 'T'),
      row('!', '3', '1.00', zhang, '20240101', 'T'),
    ]);
    const { bad } = await read(file);
    assert.deepEqual(
      bad.map(({ line, problems }) => [line, problems.map(({ header, rule }) => `${header} ${rule}`)]),
      [
        [1, ['ID dbf.number', 'D dbf.date', 'OK dbf.logical']],
        [2, ['NM encoding.invalid']],
        [3, [' dbf.flag']],
      ],
    );
    assert.deepEqual(
      bad[0]?.problems.map(({ got }) => got),
      ['string, 4 chars', 'string, 8 chars', 'string, 1 chars'],
    );
    assert.deepEqual(bad[0].raw, ['****', '1.00', '张三', '20230229', 'X'], 'what was read comes back');
  });

  test('a character that was lost before is no broken byte, also next to one', async () => {
    const names: Column[] = [{ name: 'NM', type: 'C', length: 9 }];
    const records = ['张\ufffd', Buffer.from([0xe5, 0xbc]), '李四'].map((one) => {
      const bytes = Buffer.from(one as string);
      return Buffer.concat([Buffer.from(' '), bytes, Buffer.alloc(9 - bytes.length, 0x20)]);
    });
    for (const chosen of [records, records.slice(0, 1)]) {
      const { bad } = await read(dbfFile(names, chosen), { encoding: 'utf-8' });
      assert.deepEqual(rulesOf(bad), ['1 encoding.lost', '2 encoding.invalid'].slice(0, chosen.length));
    }
  });

  test('a false header is refused or reported', async () => {
    const good = [row(' ', '1', '1.00', zhang, '20240101', 'T')];
    await assert.rejects(read(dbfFile(columns, good, { count: 3 })), refusedAs('file_truncated'));
    const more = await read(dbfFile(columns, [...good, ...good], { count: 1, page: 0x4d }));
    assert.deepEqual([more.records.length, more.doubts], [2, ['file 0:0 dbf.count']]);
    const alone = dbfFile(columns, good, { page: 0x4d });
    for (const chunk of [1, 100, 65_536]) {
      const joined = await read(Buffer.concat([alone, alone]), {}, undefined, chunk);
      assert.deepEqual([joined.records.length, joined.doubts], [1, ['file 0:0 dbf.more']]);
      const filled = Buffer.concat([alone, Buffer.from('\0\u001a \r\n')]);
      assert.deepEqual((await read(filled, {}, undefined, chunk)).doubts, []);
    }
    const wrongLength = dbfFile(columns, good);
    wrongLength.writeUInt16LE(17, 10);
    await assert.rejects(read(wrongLength), refusedAs('dbf_header_wrong'));
    await assert.rejects(read(dbfFile([], [' '])), refusedAs('dbf_header_wrong'));
    await assert.rejects(read(Buffer.from('id,name\n1,2\n'.repeat(9))), refusedAs('dbf_header_wrong'));
    await assert.rejects(read(Buffer.alloc(0)), refusedAs('file_empty'));
    const dBase2 = Buffer.alloc(2048);
    dBase2[0] = 2;
    await assert.rejects(read(dBase2), refusedAs('format_refused'));
    const headless = dbfFile(columns, good);
    await assert.rejects(
      read(headless.subarray(0, 40)),
      (error) =>
        error instanceof Problem && error.facts['expected'] === 193 && error.facts['received'] === 40,
    );
    const cut = dbfFile(columns, good);
    await assert.rejects(read(cut.subarray(0, cut.length - 5)), refusedAs('file_truncated'));
  });

  test('an end mark before the last declared record refuses the file without reading on', async () => {
    const one = row(' ', '1', '1.00', zhang, '20240101', 'T');
    const file = dbfFile(columns, [one], { count: 3 });
    let chunks = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      yield file;
      for (; chunks < 200; chunks += 1) yield await Promise.resolve(Buffer.alloc(65_536, 0x20));
    }
    await assert.rejects(
      readAll('dbf', endless()),
      (error) =>
        error instanceof Problem &&
        error.code === 'file_truncated' &&
        error.facts['record'] === 2 &&
        error.facts['byte'] === file.length - 1 &&
        error.facts['received'] === 0,
    );
    assert.ok(chunks <= 2, `${chunks} chunks read after the end mark`);
  });

  test('a binary field of another width than its type has is refused', async () => {
    const text: Column = { name: 'T', type: 'C', length: 8 };
    for (const [version, type, length] of [
      [0x30, 'I', 2],
      [0x30, 'I', 8],
      [0x30, 'Y', 4],
      [0x30, 'T', 4],
      [0x03, '+', 3],
      [0x03, 'O', 4],
      [0x03, '@', 7],
    ] as const)
      for (const following of [[], [text]]) {
        const wide: Column[] = [{ name: 'X', type, length }, ...following];
        const record = Buffer.alloc(1 + length + (following.length === 0 ? 0 : 8), 0x20);
        await assert.rejects(
          read(dbfFile(wide, [record], { version })),
          refusedAs('dbf_header_wrong'),
          `${type} of ${length}`,
        );
      }
  });

  describe('text for which no code page is named', () => {
    const names: Column[] = [{ name: 'T', type: 'C', length: 60 }];
    const table = (texts: readonly Uint8Array[], page = 0): Buffer =>
      dbfFile(
        names,
        texts.map((text) => Buffer.concat([Buffer.from(' '), text, Buffer.alloc(60 - text.length, 32)])),
        {
          page,
        },
      );
    const utf8 = [Buffer.from('北京市海淀区'), Buffer.from('上海市')];
    const gbk = [encodeGb18030('北京市海淀区中关村大街'), encodeGb18030('张三')];
    // амбулаторно, ИВАНОВ, 서울 in EUC-KR
    const cyrillic = [Buffer.from('e0ece1f3ebe0f2eef0edee', 'hex'), Buffer.from('c8c2c0cdcec2', 'hex')];
    const korean = [Buffer.from('bcadbfefc6afbab0bdc3b0adb3b2b1b8', 'hex')];

    test('UTF-8 and Chinese prove themselves, and are reported; others are doubted', async () => {
      assert.deepEqual(
        [
          (await read(table(utf8))).records[0],
          (await read(table(utf8))).warnings,
          (await read(table(utf8))).doubts,
        ],
        [['北京市海淀区'], ['0:0 encoding.shown'], []],
      );
      const chinese = await read(table(gbk, 0x99));
      assert.deepEqual([chinese.records[0], chinese.doubts], [['北京市海淀区中关村大街'], []]);
      for (const texts of [
        cyrillic,
        cyrillic.slice(1),
        korean,
        gbk.slice(1),
        [Buffer.from('M\u00fcller', 'latin1')],
      ])
        assert.deepEqual((await read(table(texts))).doubts, ['file 0:0 encoding.guessed']);
      const reported = await read(table(cyrillic), { encoding: 'windows-1251' });
      assert.deepEqual([reported.records[1], reported.doubts], [['ИВАНОВ'], []]);
      assert.deepEqual((await read(table([Buffer.from('ascii')]))).warnings, []);
    });

    test('a .cpg file goes before the header; a header that the text contradicts is doubted', async () => {
      const of = (name: string): CompanionFiles => ({ codePage: Buffer.from(name) });
      for (const name of ['UTF-8', 'utf8', '65001\r\n']) {
        const { records, doubts } = await readWithCompanions(table(utf8, 0x57), of(name));
        assert.deepEqual([records[0], doubts], [['北京市海淀区'], []], name);
      }
      for (const name of ['936', 'GBK', 'CP936'])
        assert.deepEqual((await readWithCompanions(table(gbk), of(name))).records[1], ['张三'], name);
      for (const name of ['ANSI 1251', 'windows-1251', 'cp1251'])
        assert.deepEqual((await readWithCompanions(table(cyrillic), of(name))).records[1], ['ИВАНОВ'], name);
      await assert.rejects(readWithCompanions(table(utf8), of('klingon')), refusedAs('encoding_unknown'));
      assert.deepEqual((await read(table(utf8, 0x57))).doubts, ['file 0:0 encoding.contradicted']);
      assert.deepEqual((await read(table(gbk, 0x03))).doubts, ['file 0:0 encoding.contradicted']);
      assert.deepEqual((await read(table(cyrillic, 0xc9))).doubts, []);
    });

    test('a text that reads as UTF-8 in a table of another code page is doubted, however late', async () => {
      const gb = Array.from({ length: 3_000 }, () => encodeGb18030('北京市海淀区'));
      const mixed = table([...gb, Buffer.from('李四'), encodeGb18030('张三')], 0x4d);
      for (const [encoding, count] of [
        ['auto', 1],
        ['gbk', 1],
        ['cp437', 1],
      ] as const) {
        const { doubts } = await read(mixed, { encoding });
        assert.deepEqual(doubts, Array(count).fill('3001:1 encoding.contradicted'), encoding);
      }
      assert.deepEqual((await read(table(gb, 0x4d))).doubts, []);
      for (const encoding of ['utf8', 'utf-8'])
        assert.deepEqual((await read(table(utf8, 0x4d), { encoding })).doubts, [], encoding);
    });

    test('marks of spreadsheets are removed and reported; characters that cannot be seen are doubted', async () => {
      const texts = [
        '="00123"',
        "'440106199001011234",
        '\t00123',
        '="张三"',
        "O'Brien",
        'a\u0007b',
        '张\u00ad三',
      ];
      const file = table(
        texts.map((text) => encodeGb18030(text.replace('\u00ad', '\u2015'))),
        0x4d,
      );
      const { records, warnings, doubts } = await read(file);
      const cells = records.map((record) => (record as unknown[])[0]);
      assert.deepEqual(cells.slice(0, 5), ['00123', '440106199001011234', '00123', '张三', "O'Brien"]);
      assert.deepEqual(
        warnings,
        [1, 2, 3, 4].map((line) => `${line}:1 spreadsheet.mark`),
      );
      assert.deepEqual(doubts, ['6:1 text.invisible']);
      const stored = await read(file, { spreadsheetMarks: 'keep' });
      assert.deepEqual([(stored.records[0] as unknown[])[0], stored.warnings], ['="00123"', []]);
      const utf = await read(table([Buffer.from('张\u200b三'), Buffer.from('\u951f\u65a4\u62f7')]), {
        encoding: 'utf-8',
      });
      assert.deepEqual(utf.doubts, ['1:1 text.invisible', '2:1 encoding.mojibake']);
    });

    test('names of columns are decoded as the text is', async () => {
      const file = dbfFile(
        [{ name: '姓名', type: 'C', length: 20 }],
        [Buffer.concat([Buffer.from(' '), Buffer.alloc(20, 32)])],
      );
      const { columns, warnings, doubts } = await read(file);
      assert.deepEqual([columns, warnings, doubts], [['姓名'], ['0:0 encoding.shown'], []]);
    });
  });

  test('Visual FoxPro: texts of varying length, null flags, bytes', async () => {
    const fox: Column[] = [
      { name: 'V', type: 'V', length: 6, flags: 2 },
      { name: 'I', type: 'I', length: 4, flags: 2 },
      { name: 'W', type: 'V', length: 4 },
      { name: 'Q', type: 'Q', length: 4 },
      { name: '_NullFlags', type: '0', length: 1, flags: 5 },
    ];
    // bits: V length, V null, I null, W length, Q length
    const record = (v: string, i: number, w: string, q: string, bits: number): Buffer => {
      const number = Buffer.alloc(4);
      number.writeInt32LE(i);
      return Buffer.concat([
        Buffer.from(` ${v}`, 'latin1'),
        number,
        Buffer.from(w + q, 'latin1'),
        Buffer.from([bits]),
      ]);
    };
    const file = dbfFile(
      fox,
      [
        record('ab   \x02', 7, 'full', '\xff\x00\x00\x01', 0b11001 & ~0b01000),
        record('a     ', 0, 'x \0\x02', '\0\x01\x02\x03', 0b01100),
        record('      ', 0, 'abcd', '\0\0\0\0', 0b10010),
        record('abcde\x09', 1, 'abcd', '\0\0\0\0', 0b00001),
        record(zhang.toString('latin1') + ' \x04', 1, 'abcd', '\0\0\0\0', 0b00001),
      ],
      { version: 0x32, page: 0x7a },
    );
    const { columns, records, bad } = await read(file);
    assert.deepEqual(columns, ['V', 'I', 'W', 'Q']);
    assert.deepEqual(records, [
      ['ab', 7, 'full', '/w=='],
      ['a     ', null, 'x ', 'AAECAw=='],
      [null, 0, 'abcd', ''],
      ['张三', 1, 'abcd', 'AAAAAA=='],
    ]);
    assert.deepEqual(rulesOf(bad), ['4 dbf.length']);
    const crowded = Array.from({ length: 9 }, (_, i): Column => ({
      name: `F${i}`,
      type: 'C',
      length: 1,
      flags: 2,
    }));
    await assert.rejects(
      read(dbfFile([...crowded, { name: '_NullFlags', type: '0', length: 1 }], [], { version: 0x30 })),
      refusedAs('dbf_header_wrong'),
    );
  });

  test('text of varying length, memos and DOS code pages are examined like every text', async () => {
    const varying: Column[] = [
      { name: 'V', type: 'V', length: 6 },
      { name: '_NullFlags', type: '0', length: 1, flags: 5 },
    ];
    // no byte 00 in the block, or the block would be examined for it
    const fox = (text: Uint8Array): Promise<ReadAll> => {
      const records = [encodeGb18030('北京市'), text].map((one) =>
        Buffer.concat([Buffer.from(' '), one, Buffer.from([0x20])]),
      );
      return read(dbfFile(varying, records, { version: 0x32, page: 0x7a }));
    };
    assert.deepEqual((await fox(encodeGb18030('锟斤拷'))).doubts, ['2:1 encoding.mojibake']);
    assert.deepEqual((await fox(Buffer.from('a\u0007bcde'))).doubts, ['2:1 text.invisible']);
    assert.deepEqual((await fox(encodeGb18030('中\ue000文'))).warnings, ['2:1 text.private-use']);

    const dos = async (bytes: number[], page: number): Promise<ReadAll> =>
      read(dbfFile([{ name: 'T', type: 'C', length: 4 }], [Buffer.from([0x20, ...bytes, 0x20])], { page }));
    assert.deepEqual(rulesOf((await dos([0x61, 0xd5, 0x62], 0x6b)).bad), ['1 encoding.invalid']);
    assert.deepEqual((await dos([0x61, 0x07, 0x84], 0x01)).doubts, ['1:1 text.invisible']);
    assert.deepEqual((await dos([0x61, 0x07, 0x62], 0x01)).doubts, ['1:1 text.invisible']);

    const memo = Buffer.alloc(1024, 0x1a);
    memo.write('a\u0007b', 512);
    const withMemo = dbfFile([{ name: 'M', type: 'M', length: 10 }], [`  ${'1'.padStart(9)}`], {
      version: 0x83,
    });
    assert.deepEqual((await read(withMemo, {}, memo)).doubts, ['1:1 text.invisible']);
  });

  test('a cell is read although a memo decides the code page after it; a memo may be large', async () => {
    const fields: Column[] = [
      { name: 'T', type: 'C', length: 4 },
      { name: 'M', type: 'M', length: 10 },
    ];
    const file = (page: number): Buffer =>
      dbfFile(fields, [` A\u001fB ${'1'.padStart(10)}`], { version: 0x83, page });
    const memo = Buffer.concat([Buffer.alloc(512), encodeGb18030('张三李四王五'), Buffer.from([0x1a])]);
    const { records, doubts } = await read(file(0), {}, memo);
    assert.deepEqual(records, [['A\u001fB', '张三李四王五']]);
    assert.deepEqual(doubts, ['1:1 text.invisible']);
    const large = Buffer.concat([Buffer.alloc(512), Buffer.alloc(400_000, 0x84), Buffer.from([0x1a])]);
    const [row] = (await read(file(0x01), {}, large)).records as unknown[][];
    assert.equal(row?.[1], 'ä'.repeat(400_000));
  });

  test('dBase 7: integers without a value are zero bytes', async () => {
    const table = dBase7([
      ['N', 'I', 4],
      ['A', '+', 4],
    ]);
    const numbers = (...values: number[]): Buffer => {
      const record = Buffer.alloc(9, 0x20);
      for (const [i, value] of values.entries()) record.writeUInt32BE(value, 1 + i * 4);
      return record;
    };
    const records = [numbers(0, 0), numbers(0x80000000, 0x80000001), numbers(0x7fffffff, 0xffffffff)];
    assert.deepEqual((await read(table(records))).records, [
      [null, null],
      [0, 1],
      [-1, 2_147_483_647],
    ]);
  });

  test('dBase IV: a memo without its header is read in blocks of 512 bytes, and is bad in larger ones', async () => {
    const table = dbfFile([{ name: 'M', type: 'M', length: 10 }], [`  ${'1'.padStart(9)}`], {
      version: 0x8b,
    });
    for (const [blockSize, known] of [
      [512, 'text'],
      [1_024, undefined],
    ] as const) {
      const memo = Buffer.alloc(2 * blockSize, 0);
      memo.writeUInt16LE(blockSize, 20);
      memo.write('text\x1a', blockSize);
      const plain = await read(table, {}, memo);
      assert.deepEqual(plain.records, known === undefined ? [] : [[known]]);
      assert.deepEqual(rulesOf(plain.bad), known === undefined ? ['1 dbf.memo'] : []);
      memo.writeUInt32BE(0xff_ff_08_00, blockSize);
      memo.writeUInt32LE(8 + 4, blockSize + 4);
      memo.write('text', blockSize + 8);
      assert.deepEqual((await read(table, {}, memo)).records, [['text']]);
    }
  });

  test('FoxPro: integers, currency, doubles, moments and .fpt memos', async () => {
    const fox: Column[] = [
      { name: 'I', type: 'I', length: 4 },
      { name: 'Y', type: 'Y', length: 8 },
      { name: 'B', type: 'B', length: 8 },
      { name: 'T', type: 'T', length: 8 },
      { name: 'M', type: 'M', length: 4 },
    ];
    const record = Buffer.alloc(33, 0);
    record[0] = 0x20;
    record.writeInt32LE(-7, 1);
    record.writeBigInt64LE(-123_456n, 5);
    record.writeDoubleLE(2.5, 13);
    record.writeInt32LE(2_460_370, 21);
    record.writeInt32LE(45_296_000, 25);
    record.writeUInt32LE(8, 29);
    const memo = Buffer.alloc(64 * 9, 0);
    memo.writeUInt16BE(64, 6);
    memo.writeUInt32BE(1, 512);
    memo.writeUInt32BE(zhang.length, 516);
    zhang.copy(memo, 520);
    const { records } = await read(dbfFile(fox, [record], { version: 0x30, page: 0x7a }), {}, memo);
    assert.deepEqual(records, [[-7, '-12.3456', 2.5, '2024-02-29T12:34:56', '张三']]);
    memo.writeUInt32BE(1_000_000, 516);
    assert.deepEqual(rulesOf((await read(dbfFile(fox, [record], { version: 0x30 }), {}, memo)).bad), [
      '1 dbf.memo',
    ]);
  });
});
