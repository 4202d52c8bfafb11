import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { sharedData } from '../../tests/sharedData.ts';
import { bytesOf, fileBytes } from '../fixtures/bytes.ts';
import { readAll, rulesOf, type ReadAll } from '../fixtures/readAll.ts';
import { encodeEbcdic, packed } from './fixtures/hostBytes.ts';
import { firstRecord, readHost } from './fixtures/readHost.ts';

const read = readHost;
const one = firstRecord;
const text = encodeEbcdic;
const refusedAs = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

describe('real files', () => {
  const file = (name: string): string => sharedData(`cobrix/${name}`);
  /** Expected records with numbers as their exact text; null fields are left out there. */
  const expected = (name: string): unknown[] =>
    readFileSync(file(name), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line.replaceAll(/(":)(-?\d+(?:\.\d+)?)(?=[,}\]])/g, '$1"$2"')) as unknown);
  /** Our records in that shape: numbers as text, nulls left out (or empty text, where the expected result does not distinguish them). */
  const comparable = (value: unknown, nullText = false): unknown => {
    if (Array.isArray(value)) return value.map((item) => comparable(item, nullText));
    if (typeof value !== 'object' || value === null) return typeof value === 'number' ? String(value) : value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, cell]) =>
        cell === null ? (nullText ? [[name, '']] : []) : [[name, comparable(cell, nullText)]],
      ),
    );
  };
  const readFile = (name: string, options: object): Promise<ReadAll> =>
    readAll('copybook', fileBytes(file(`${name}/data.bin`), 9_973), {
      copybook: readFileSync(file(`${name}/copybook.cob`), 'utf8'),
      names: 'snake',
      ...options,
    });

  test('fixed length, DISPLAY and BINARY, with every trimming policy', async () => {
    for (const [trim, result] of [
      ['both', 'expected'],
      ['left', 'expected-trim-left'],
      ['none', 'expected-trim-none'],
    ] as const) {
      const { records, total, bad } = await readFile('fixed-display-binary', { trim });
      assert.equal(total, 1000);
      assert.equal(bad.length, 0);
      assert.deepEqual(
        records.slice(0, 60).map((record) => comparable(record)),
        expected(`fixed-display-binary/${result}.jsonl`),
      );
    }
  });

  test('OCCURS DEPENDING ON in a fixed slot, REDEFINES with both views, COMP and COMP-3', async () => {
    const { records, total } = await readFile('fixed-odo-redefines', {});
    assert.equal(total, 10);
    assert.deepEqual(
      records.map((record) => comparable(record)),
      expected('fixed-odo-redefines/expected.jsonl'),
    );
  });

  test('record descriptor words and two kinds of record', async () => {
    const { records, total, bad } = await readFile('variable-rdw-segments', {
      recordFormat: 'V',
      rdw: { bigEndian: true, includesHeader: false },
    });
    assert.equal(total, 1000);
    assert.equal(bad.length, 0);
    const generated = new Set(['File_Id', 'Record_Id', 'Record_Byte_Length', 'Seg_Id0', 'Seg_Id1']);
    const wanted = (expected('variable-rdw-segments/expected.jsonl') as Record<string, unknown>[]).map(
      (record) => Object.fromEntries(Object.entries(record).filter(([name]) => !generated.has(name))),
    );
    // the expected result was made without distinguishing low-values from blanks
    const blank = (value: unknown): unknown =>
      JSON.parse(
        JSON.stringify(value)
          .replaceAll(/"[A-Z_]+":"",?/g, '')
          .replaceAll(',}', '}'),
      );
    assert.deepEqual(
      records.slice(0, 60).map((record) => blank(comparable(record, true))),
      wanted.map(blank),
    );
    const segments = (records as Record<string, unknown>[]).map((record) => record['SEGMENT_ID']);
    assert.equal(segments.filter((id) => id === 'C').length, 316);
    assert.equal(segments.filter((id) => id === 'P').length, 684);
  });

  test('segments: one view a record, and contacts as lists inside their company', async () => {
    const segments = {
      recordFormat: 'V',
      segmentField: 'SEGMENT-ID',
      segmentRedefines: { C: 'STATIC-DETAILS', P: 'CONTACTS' },
    };
    const flat = await readFile('variable-rdw-segments', segments);
    assert.deepEqual(Object.keys(flat.records[0] as object), ['SEGMENT_ID', 'COMPANY_ID', 'STATIC_DETAILS']);
    assert.deepEqual(Object.keys(flat.records[1] as object), ['SEGMENT_ID', 'COMPANY_ID', 'CONTACTS']);
    const nested = await readFile('variable-rdw-segments', {
      ...segments,
      segmentChildren: { 'STATIC-DETAILS': ['CONTACTS'] },
    });
    assert.equal(nested.records.length, 316);
    const contacts = (nested.records as { STATIC_DETAILS: { CONTACTS?: unknown[] } }[]).map(
      (r) => r.STATIC_DETAILS.CONTACTS?.length ?? 0,
    );
    assert.equal(
      contacts.reduce((sum, n) => sum + n, 0),
      684,
    );
  });

  test('a copybook that does not fit the length of the file is refused at the record that is cut short', async () => {
    const { message } = (await readFile('fixed-display-binary', { recordLength: 44 }).catch(
      (error: unknown) => error,
    )) as Error;
    assert.match(message, /record 1023 \(byte 44968\) needs 44 bytes, 32 are there/);
  });

  test('an unknown code page is refused, of the file or of a field', async () => {
    for (const options of [{ codePage: 'cp9999' }, { fieldCodePages: { A: 'cp9999' } }])
      await assert.rejects(readFile('fixed-display-binary', options), { code: 'adapter_options_invalid' });
  });

  test('a wrong descriptor word is refused with its bytes, not read on', async () => {
    await assert.rejects(
      readFile('variable-rdw-segments', { recordFormat: 'V', rdw: { bigEndian: false } }),
      refusedAs('file_framing_wrong'),
    );
    await assert.rejects(
      readFile('variable-rdw-segments', { recordFormat: 'V', rdw: { includesHeader: true } }),
      (error) => error instanceof Problem,
    );
  });

  test('EBCDIC declared as ASCII gives bad records, not wrong numbers', async () => {
    const { bad, records } = await readFile('fixed-display-binary', { encoding: 'ascii' });
    assert.equal(bad.length, 1000);
    assert.equal(records.length, 0);
    assert.deepEqual(
      bad[0]?.problems.map(({ header, rule, column }) => [header, rule, column]),
      [
        ['CURRENCY', 'copybook.text', 1],
        ['SIGNATURE', 'copybook.text', 4],
        ['COMPANY_NAME', 'copybook.text', 12],
        ['COMPANY_ID', 'copybook.text', 27],
        ['WEALTH_QFY', 'copybook.number', 37],
      ],
    );
  });
});

describe('numbers', () => {
  test('zoned: overpunched, leading, separate; blanks and low-values are null, zeros are zero', async () => {
    const copybook = `01 R.
 05 A PIC S9(3)V9.
 05 B PIC S9(3) SIGN LEADING.
 05 C PIC S9(3) SIGN IS TRAILING SEPARATE CHARACTER.
 05 D PIC S9(3) LEADING SEPARATE.
 05 E PIC 9(3).
 05 F PIC 9(3).
 05 G PIC 9(3)PP.
 05 H PIC VPP99.
 05 I PIC 9(18).
`;
    const bytes = Buffer.concat([
      Buffer.from([0xf0, 0xf1, 0xf2, 0xd3]),
      Buffer.from([0xd1, 0xf0, 0xf0]),
      text('042-'),
      text('+042'),
      text('   '),
      text('000'),
      text('123'),
      text('12'),
      text('123456789012345678'),
    ]);
    assert.deepEqual(await one(copybook, bytes), {
      A: '-12.3',
      B: -100,
      C: -42,
      D: 42,
      E: null,
      F: 0,
      G: 12300,
      H: '0.0012',
      I: '123456789012345678',
    });
  });

  test('P implies the decimal point: V in its place changes nothing, P elsewhere is refused', async () => {
    for (const [picture, shown, value] of [
      ['9(3)PP', '123', 12_300],
      ['9(3)PPV', '123', 12_300],
      ['S99PV', '12', 120],
      ['PP99', '12', '0.0012'],
      ['SVPP99', '12', '0.0012'],
      ['9(3)V', '123', 123],
      ['V9', '1', '0.1'],
      ['Z9PPV', ' 7', '700'],
      ['PPZ9', ' 7', '0.0007'],
    ] as const)
      assert.deepEqual(await one(`01 R.\n 05 A PIC ${picture}.\n`, text(shown)), { A: value }, picture);
    for (const picture of ['9P9', '9VP9', 'PP9V', 'P9P', '9VPP', 'PV9', '9V9P', '9V9V', 'ZP9', 'Z9PP9'])
      await assert.rejects(
        read(`01 R.\n 05 A PIC ${picture}.\n`, text('12345')),
        refusedAs('copybook_invalid'),
        picture,
      );
  });

  test('ASCII overpunch, and a sign where the picture has none', async () => {
    const copybook = '01 R.\n 05 A PIC S9(3).\n 05 B PIC S9(3).\n 05 C PIC 9(2).\n';
    assert.deepEqual(await one(copybook, Buffer.from('12C45}1J'), { encoding: 'ascii' }), {
      A: 123,
      B: -450,
      C: -11,
    });
    const strict = await read(copybook, Buffer.from('12C45}1J'), {
      encoding: 'ascii',
      strictOverpunch: true,
    });
    assert.deepEqual(rulesOf(strict.bad), ['1 copybook.number']);
  });

  test('binary: sizes by digits, COMP-5 beyond its picture, values too long for a double stay exact', async () => {
    const copybook =
      '01 R.\n 05 A PIC S9(4) COMP.\n 05 B PIC 9(9) BINARY.\n 05 C PIC S9(18) COMP-4.\n 05 D PIC S9(16)V99 COMP.\n 05 E PIC 9(4) COMP-5.\n';
    const bytes = Buffer.alloc(24);
    bytes.writeInt16BE(-1234, 0);
    bytes.writeUInt32BE(123_456_789, 2);
    bytes.writeBigInt64BE(-999_999_999_999_999_999n, 6);
    bytes.writeBigInt64BE(123_456n, 14);
    bytes.writeUInt16BE(65_535, 22);
    assert.deepEqual(await one(copybook, bytes), {
      A: -1234,
      B: 123_456_789,
      C: '-999999999999999999',
      D: '1234.56',
      E: 65_535,
    });
    bytes.writeInt16BE(12_345, 0);
    assert.deepEqual(
      rulesOf((await read(copybook, bytes)).bad),
      ['1 copybook.number'],
      'more digits than PIC S9(4)',
    );
  });

  test('packed: signs, odd and even digits, long values, low-values; a bad half byte is reported', async () => {
    const copybook =
      '01 R.\n 05 A PIC S9(5) COMP-3.\n 05 B PIC 9(4)V99 PACKED-DECIMAL.\n 05 C PIC S9(17) COMP-3.\n 05 D PIC 9(3) COMP-3.\n';
    const bytes = Buffer.concat([
      packed('-12345'),
      packed('0012345', 'f'),
      packed('12345678901234567'),
      Buffer.from([0, 0]),
    ]);
    assert.deepEqual(await one(copybook, bytes), {
      A: -12_345,
      B: '123.45',
      C: '12345678901234567',
      D: null,
    });
    bytes[0] = 0xa1;
    const { bad } = await read(copybook, bytes);
    assert.deepEqual(
      bad[0]?.problems.map(({ header, column, got }) => [header, column, got]),
      [['A', 1, 'bytes, 3']],
    );
  });

  test('floats of both formats', async () => {
    const copybook = '01 R.\n 05 A COMP-1.\n 05 B COMP-2.\n';
    const ibm = Buffer.from('4276a000c276a00000000000', 'hex');
    assert.deepEqual(await one(copybook, ibm), { A: 118.625, B: -118.625 });
    for (const [hex, value] of [
      ['46ffffff', 16_777_215],
      ['c6ffffff', -16_777_215],
      ['46bc614e', 12_345_678],
      ['4019999a', 0.1],
      ['4113c0c3', 1.234_561],
      ['41100001', 1.000_001],
      ['46000001', 1],
    ] as const)
      assert.deepEqual(await one('01 R.\n 05 A COMP-1.\n', Buffer.from(hex, 'hex')), { A: value }, hex);
    const ieee = Buffer.alloc(12);
    ieee.writeFloatBE(3.14, 0);
    ieee.writeDoubleBE(-2.5, 4);
    assert.deepEqual(await one(copybook, ieee, { floatFormat: 'ieee754' }), { A: 3.14, B: -2.5 });
  });
});

describe('text and code pages', () => {
  test('low-values are null, blanks are empty', async () => {
    const copybook = '01 R.\n 05 A PIC X(3).\n 05 B PIC X(3).\n 05 C PIC X(3).\n';
    assert.deepEqual(await one(copybook, Buffer.concat([Buffer.alloc(3), text('   '), text('a b')])), {
      A: null,
      B: '',
      C: 'a b',
    });
  });

  test('pages differ where they should, and the euro of cp1140', async () => {
    const copybook = '01 R.\n 05 A PIC X(3).\n';
    const bytes = Buffer.from([0x5a, 0x9f, 0x4a]);
    assert.deepEqual(await one(copybook, bytes, { codePage: 'cp037' }), { A: '!¤¢' });
    assert.deepEqual(await one(copybook, bytes, { codePage: 'cp500' }), { A: ']¤[' });
    assert.deepEqual(await one(copybook, bytes, { codePage: 'cp1140' }), { A: '!€¢' });
    assert.deepEqual(await one(copybook, bytes, { codePage: 'cp1047', fieldCodePages: { A: 'cp273' } }), {
      A: 'Ü¤Ä',
    });
  });

  test('Chinese hosts: double bytes between SO and SI, PIC G without them', async () => {
    const copybook = '01 R.\n 05 A PIC X(10).\n 05 B PIC G(2) DISPLAY-1.\n 05 C PIC X(2).\n';
    const name = Buffer.from([0x0e, 0x48, 0xa0, 0x49, 0x41, 0x0f]); // 啊薄
    const bytes = Buffer.concat([
      text('A'),
      name,
      text('   '),
      Buffer.from([0x48, 0xa0, 0x49, 0x41]),
      text('ok'),
    ]);
    for (const codePage of ['cp935', 'cp1388'])
      assert.deepEqual(await one(copybook, bytes, { codePage }), { A: 'A啊薄', B: '啊薄', C: 'ok' });
    // private use: no blank, which would be removed
    bytes.set([0x7e, 0x46], 4);
    assert.deepEqual(await one(copybook, bytes, { codePage: 'cp1388' }), {
      A: 'A啊\ue5e5',
      B: '啊薄',
      C: 'ok',
    });
    bytes.set([0xfe, 0xfe], 2);
    assert.deepEqual(rulesOf((await read(copybook, bytes, { codePage: 'cp935' })).bad), ['1 copybook.text']);
  });

  test('GBK text in the fields of an ASCII record; PIC N is UTF-16', async () => {
    const copybook = '01 R.\n 05 A PIC X(6).\n 05 N PIC 9(2).\n 05 B PIC N(2).\n';
    const bytes = Buffer.concat([
      Buffer.from([0xd5, 0xc5, 0xc8, 0xfd]),
      Buffer.from('  07'),
      Buffer.from('三张', 'utf16le').swap16(),
    ]);
    assert.deepEqual(await one(copybook, bytes, { encoding: 'gb18030' }), { A: '张三', N: 7, B: '三张' });
  });
});

describe('groups, lists and views', () => {
  test('fillers, 88 levels, continuation, sequence numbers and doubled names', async () => {
    const copybook = [
      '000100 01  REC.                                                         ABC00001',
      '000200*    a remark',
      '000300     05  A-NAME  PIC X(2).',
      "000400         88  IS-X VALUE 'X.' 'Y'.",
      '000500     05  FILLER  PIC X.',
      '000600     05  A-NAME  PIC',
      '000700         X(2) VALUE "a. b".',
      '000800     05  LONG-',
      '000900-        WORD PIC 9.',
      '',
    ].join('\n');
    const bytes = text('ab-cd7');
    const { records } = await readAll('copybook', bytesOf(bytes), { copybook });
    assert.deepEqual(records[0], { 'A-NAME': 'ab', 'A-NAME_2': 'cd', 'LONG-WORD': 7 });
    const stored = await readAll('copybook', bytesOf(bytes), {
      copybook,
      dropFillers: false,
      names: 'snake',
    });
    assert.deepEqual(stored.records[0], { A_NAME: 'ab', FILLER: '-', A_NAME_2: 'cd', LONG_WORD: 7 });
  });

  const lists = `01 R.
 05 N PIC 9.
 05 T OCCURS 0 TO 3 DEPENDING ON N.
   10 V PIC X(2).
 05 Z PIC X.
`;
  test('OCCURS DEPENDING ON in a fixed slot and with variable size', async () => {
    assert.deepEqual(await one(lists, text('2aabb  !')), { N: 2, T: [{ V: 'aa' }, { V: 'bb' }], Z: '!' });
    const variable = await read(lists, text('2aabb!0!\u0085').subarray(0, 8), {
      variableSizeOccurs: true,
      recordFormat: 'D',
    });
    assert.deepEqual(variable.records[0], { N: 2, T: [{ V: 'aa' }, { V: 'bb' }], Z: '!' });
    assert.deepEqual(rulesOf((await read(lists, text('9aabb  !'))).bad), ['1 copybook.occurs']);
  });

  test('items of a copybook that begins below level 01 follow one another', async () => {
    const items = ' 05 A PIC X(3).\n 05 B REDEFINES A PIC 9(3).\n 05 C PIC X(2).\n';
    assert.deepEqual((await read(items, text('123de456fg'))).records, [
      { A: '123', B: 123, C: 'de' },
      { A: '456', B: 456, C: 'fg' },
    ]);
    const groups = ' 10 A.\n  15 A1 PIC X(2).\n 10 B OCCURS 2.\n  15 B1 PIC 9.\n 05 C PIC X.\n';
    assert.deepEqual(await one(groups, text('xy12z')), {
      A: { A1: 'xy' },
      B: [{ B1: 1 }, { B1: 2 }],
      C: 'z',
    });
    await assert.rejects(
      read(' 05 A PIC X(3).\n 05 B PIC X.\n01 C.\n 05 D PIC X.\n', text('abcd')),
      (error) => error instanceof Problem && /line 3 .*01 C/.test(error.message),
    );
  });

  test('a single item with OCCURS is a list', async () => {
    for (const level of ['01', '05']) {
      const { records } = await read(`${level} T OCCURS 2.\n 10 V PIC X(2).\n`, text('aabbccdd'));
      assert.deepEqual(records, [{ T: [{ V: 'aa' }, { V: 'bb' }] }, { T: [{ V: 'cc' }, { V: 'dd' }] }]);
    }
  });

  test('a count that is a code', async () => {
    const copybook = '01 R.\n 05 K PIC X.\n 05 T PIC X OCCURS 0 TO 3 DEPENDING ON K.\n 05 Z PIC X.\n';
    const options = { occursMappings: { T: { A: 1, B: 3 } }, variableSizeOccurs: true, recordFormat: 'D' };
    const lines = Buffer.concat([text('Ax!'), Buffer.from([0x15]), text('Bxyz!'), Buffer.from([0x15])]);
    assert.deepEqual((await read(copybook, lines, options)).records, [
      { K: 'A', T: ['x'], Z: '!' },
      { K: 'B', T: ['x', 'y', 'z'], Z: '!' },
    ]);
  });

  test('a view that does not fit is null; a field without another view is bad', async () => {
    const copybook = '01 R.\n 05 A PIC X(3).\n 05 B REDEFINES A PIC 9(3).\n 05 C PIC 9(2).\n';
    assert.deepEqual(await one(copybook, text('abc12')), { A: 'abc', B: null, C: 12 });
    assert.deepEqual(rulesOf((await read(copybook, text('abcx2'))).bad), ['1 copybook.number']);
  });
});

describe('records', () => {
  const copybook = '01 R.\n 05 L PIC 9(2).\n 05 T PIC X(4).\n';
  const rdw = (body: Buffer, own = 0): Buffer =>
    Buffer.concat([Buffer.from([0, body.length + own, 0, 0]), body]);

  test('VB: blocks of records, words that count themselves, in chunks of any size', async () => {
    const block = (...bodies: Buffer[]): Buffer => {
      const records = Buffer.concat(bodies.map((body) => rdw(body, 4)));
      return Buffer.concat([Buffer.from([0, records.length + 4, 0, 0]), records]);
    };
    const bytes = Buffer.concat([block(text('01aaaa'), text('02bb')), block(text('03cccc'))]);
    const options = { recordFormat: 'VB', rdw: { includesHeader: true }, bdw: { includesHeader: true } };
    for (const chunk of [1, 5, 100]) {
      const { records } = await read(copybook, bytes, options, chunk);
      assert.deepEqual(records, [
        { L: 1, T: 'aaaa' },
        { L: 2, T: 'bb' },
        { L: 3, T: 'cccc' },
      ]);
    }
  });

  test('header and trailer bytes, offsets around the fields, a length from a field and from a map', async () => {
    const bytes = Buffer.concat([text('HEAD'), text('>01aaaa<>02bbbb<'), text('END')]);
    const around = { fileHeaderBytes: 4, fileTrailerBytes: 3, recordStartOffset: 1, recordEndOffset: 1 };
    for (const chunk of [1, 3, 100]) {
      assert.deepEqual((await read(copybook, bytes, around, chunk)).records, [
        { L: 1, T: 'aaaa' },
        { L: 2, T: 'bbbb' },
      ]);
    }
    const reported = await read(copybook, text('06aaaa04bb06cccc'), { recordLengthField: 'L' }, 3);
    assert.deepEqual(reported.records, [
      { L: 6, T: 'aaaa' },
      { L: 4, T: 'bb' },
      { L: 6, T: 'cccc' },
    ]);
    const mapped = await read(copybook, text('01aaaa02bb'), {
      recordLengthField: 'L',
      recordLengthMap: { 1: 6, 2: 4 },
    });
    assert.deepEqual(mapped.records, [
      { L: 1, T: 'aaaa' },
      { L: 2, T: 'bb' },
    ]);
    await assert.rejects(
      read(copybook, text('00aaaa'), { recordLengthField: 'L' }),
      refusedAs('file_framing_wrong'),
    );
  });

  test('a child before any parent is bad by itself, and the parents after it are read', async () => {
    const source = '01 R.\n 05 T PIC X.\n 05 C.\n  10 CN PIC X(2).\n 05 P REDEFINES C.\n  10 PN PIC X(2).\n';
    const { records, bad } = await read(source, text('PabCcdPef'), {
      segmentField: 'T',
      segmentRedefines: { C: 'C', P: 'P' },
      segmentChildren: { C: ['P'] },
    });
    assert.deepEqual(rulesOf(bad), ['1 copybook.orphan']);
    assert.deepEqual(records, [{ T: 'C', C: { CN: 'cd', P: [{ PN: 'ef' }] } }]);
  });

  test('what a copybook may not hold is refused with its line', async () => {
    const refused = async (source: string, code: string): Promise<void> =>
      assert.rejects(read(source, text('aaaa')), refusedAs(code));
    await refused('01 R.\n 05 A PIC Q(2).\n', 'copybook_invalid');
    await refused('01 R.\n 05 A.\n', 'copybook_invalid');
    await refused('01 R.\n 05 A REDEFINES B PIC X.\n', 'copybook_reference');
    await refused('COPY OTHER.\n', 'copybook_invalid');
    await assert.rejects(
      read(copybook, text('01aaaa'), { segmentField: 'NONE', segmentRedefines: { A: 'R' } }),
      refusedAs('copybook_reference'),
    );
    await assert.rejects(read(copybook, Buffer.alloc(0)), refusedAs('file_empty'));
  });
});
