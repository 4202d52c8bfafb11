import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { sharedData } from '../../tests/sharedData.ts';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { readAll, rulesOf, type ReadAll } from '../fixtures/readAll.ts';
import type { CellGroup } from '../reading/reader.ts';
import { hl7Getter } from './path.ts';

const read = (text: string | Uint8Array, options: object = {}, chunk = 65_536): Promise<ReadAll> =>
  readAll('hl7', bytesOf(text, chunk), options);
const header = 'MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5';
const segmentsOf = (record: unknown): number =>
  Object.values(record as CellGroup).reduce(
    (sum: number, cell) => sum + (Array.isArray(cell) ? cell.length : 1),
    0,
  );
const countOf = (record: unknown, name: string): number => {
  const cell = (record as CellGroup)[name];
  return cell === undefined ? 0 : Array.isArray(cell) ? cell.length : 1;
};

describe('real files', () => {
  /** segments and OBX segments of each message */
  const known: Readonly<Record<string, readonly [segments: number, observations: number, version: string]>> =
    {
      CA_001_CA_OML_O21: [14, 8, '2.5.1'],
      CA_002_CA_ORU_R01: [179, 155, '2.5.1'],
      Epic_001_Epic_ORM_O01: [9, 1, '2.3'],
      Epic_002_Epic_ORU_R01: [34, 3, '2.3'],
      LA_001_LA_ORM_O01_NBS: [18, 12, '2.5.1'],
      MN_002_MN_OML_O21_NBS: [20, 12, '2.5.1'],
      MN_004_MN_ORU_R01_NBS_0_initial_message: [140, 106, '2.5.1'],
      MN_005_MN_ADT_A01: [7, 1, '2.3'],
      Natus_001_Natus_ACK: [2, 0, '2.5.1'],
      NewSTEPs_001_NewSTEPs_OML_021: [36, 29, '2.5.1'],
      Ochsner_001_Ochsner_OML_O21_0_initial_message: [14, 4, '2.5.1'],
      Oracle_001_Oracle_ORM_O01: [13, 9, '2.3'],
      Oracle_005_Oracle_ORM_O01_2_3_non_NBS: [8, 3, '2.3'],
      Other_001_ADT_A01: [5, 0, '2.8'],
      TX_001_TX_OML_O21: [19, 13, '2.5.1'], // 20 lines: one segment is broken over two of them
      Test_Automated_008_ORU_R01_micro_character_encoding: [6, 1, '2.5.1'],
    };
  const file = (name: string): Buffer => readFileSync(sharedData(`hl7/${name}.hl7`));

  test('segments and observations of every message, with LF, CR and CRLF, in MLLP frames, in small chunks', async () => {
    for (const [name, [segments, observations, version]] of Object.entries(known)) {
      const bytes = file(name);
      const asText = bytes.toString('latin1').trimEnd();
      const forms = [
        bytes,
        Buffer.from(asText.replaceAll('\n', '\r'), 'latin1'),
        Buffer.from(asText.replaceAll('\n', '\r\n'), 'latin1'),
      ];
      forms.push(Buffer.from(`\u000b${asText.replaceAll('\n', '\r')}\r\u001c\r`, 'latin1'));
      for (const [i, form] of forms.entries()) {
        const { records, bad } = await read(form, {}, i === 0 ? 97 : 65_536);
        assert.equal(bad.length, 0, name);
        assert.equal(records.length, 1, name);
        assert.deepEqual(
          [segmentsOf(records[0]), countOf(records[0], 'OBX')],
          [segments, observations],
          name,
        );
        assert.equal(hl7Getter('MSH-12')?.(records[0] as CellGroup), version, name);
      }
    }
    assert.deepEqual(readdirSync(sharedData('hl7')).length, Object.keys(known).length + 1);
  });

  test('a segment broken over two lines is joined, and this is reported', async () => {
    const { records, doubts } = await read(file('TX_001_TX_OML_O21'));
    assert.deepEqual(doubts, ['1:0 hl7.segment-broken']);
    assert.equal(hl7Getter('OBR-4.2')?.(records[0] as CellGroup), 'Newborn screening\npanel AHIC');
  });

  test('text beyond ASCII, escapes, base64 in OBX-5', async () => {
    const [micro] = (await read(file('Test_Automated_008_ORU_R01_micro_character_encoding'))).records;
    assert.match(JSON.stringify(hl7Getter('OBX-6')?.(micro as CellGroup)), /µmol\/L/);
    const ochsner = (await read(file('Ochsner_001_Ochsner_OML_O21_0_initial_message'))).records[0];
    assert.match(JSON.stringify(ochsner), /[^\\]&/);
    const ca = JSON.stringify((await read(file('CA_002_CA_ORU_R01'))).records[0]);
    assert.doesNotMatch(ca, /\\\\\.br|\\\\R\\\\/);
    const minnesota = (await read(file('MN_004_MN_ORU_R01_NBS_0_initial_message'), { rows: 'OBX' })).records;
    assert.equal(minnesota.length, 106);
    assert.ok(minnesota.some((record) => hl7Getter('OBX-2')?.(record) === 'ED'));
  });

  test('a message without a control id is bad', async () => {
    const { records, bad } = await read(file('Test_Message_msh_present_but_missing_msh-10'));
    assert.deepEqual([records.length, rulesOf(bad)], [0, ['1 hl7.control-id']]);
  });
});

describe('messages', () => {
  test('repetitions, components, subcomponents, deleted values, every escape', async () => {
    const pid =
      'PID|1|""|A~B^x&y^z||\\F\\ \\S\\ \\T\\ \\R\\ \\E\\ \\.br\\\\.sp2\\|\\X0D0A\\|\\XE5BCA0\\|\\H\\bold\\N\\|a\\Zxy\\b|tail\\';
    const { records } = await read(`${header}\r${pid}\r`);
    const value = (path: string): unknown => hl7Getter(path)?.(records[0] as CellGroup);
    assert.deepEqual((records[0] as CellGroup)['PID'], {
      '#': 2,
      1: '1',
      2: null,
      3: ['A', { 1: 'B', 2: { 1: 'x', 2: 'y' }, 3: 'z' }],
      5: '| ^ & ~ \\ \n\n\n',
      6: '\r\n',
      7: '张',
      8: 'bold',
      9: 'a\\Zxy\\b',
      10: 'tail\\',
    });
    assert.deepEqual(
      [value('PID-3'), value('PID-3[2].2.2'), value('PID-3[2].2.1'), value('PID-1.1'), value('PID-99')],
      [['A', { 1: 'B', 2: { 1: 'x', 2: 'y' }, 3: 'z' }], 'y', 'x', '1', undefined],
    );
  });

  test('a path without a number returns the only value, or the list of all where there are several', async () => {
    const text = `${header}\rPID|1||A^x~B|S~|M\rOBX|1|NM|GLU||5.6\rOBX|2|NM|ALT||40\rNTE|1\rNTE|2||late\r`;
    const { records } = await read(text);
    const value = (path: string): unknown => hl7Getter(path)?.(records[0] as CellGroup);
    assert.deepEqual(['PID-3.1', 'OBX-5', 'OBX-3'].map(value), [
      ['A', 'B'],
      ['5.6', '40'],
      ['GLU', 'ALT'],
    ]);
    assert.deepEqual(
      ['PID-3.2', 'PID-4', 'PID-5', 'NTE-3', 'OBX[2]-5', 'PID-3[1].1', 'OBX[3]-5'].map(value),
      ['x', 'S', 'M', 'late', '40', 'A', undefined],
    );
    const rows = (await read(text, { rows: 'OBX' })).records;
    assert.deepEqual(
      rows.map((record) => hl7Getter('OBX-5')?.(record as CellGroup)),
      ['5.6', '40'],
    );
  });

  test('subcomponents of a field with one component retain their place', async () => {
    const obr = `OBR|1${'|'.repeat(14)}119297000&Blood specimen&SCT|a&b~c&d`;
    const { records } = await read(`${header}\r${obr}\r`);
    const value = (path: string): unknown => hl7Getter(path)?.(records[0] as CellGroup);
    assert.deepEqual(['OBR-15.1.1', 'OBR-15.1.2', 'OBR-15.2', 'OBR-16[2].1.2', 'OBR-16.2'].map(value), [
      '119297000',
      'Blood specimen',
      undefined,
      'd',
      undefined,
    ]);
  });

  test('MSH-2 decides: without it, or with one mark twice, a message is bad; what it leaves out divides nothing', async () => {
    for (const wrong of ['', '^', '^^\\&', '^~\\&#+', 'a~\\&', '^ \\&'])
      assert.deepEqual(rulesOf((await read(header.replace('^~\\&', wrong))).bad), ['1 hl7.header'], wrong);
    const { records } = await read(`${header.replace('^~\\&', '^~')}\rPID|1|a&b^\\T\\\r`);
    assert.deepEqual((records[0] as CellGroup)['PID'], { '#': 2, 1: '1', 2: { 1: 'a&b', 2: '\\T\\' } });
  });

  test('bytes written as hexadecimal are text in the encoding of the file, or stay as they are', async () => {
    const pid = `${header}\rPID|1|\\XD5C5C8FD\\`;
    const of = async (encoding: string): Promise<unknown> =>
      hl7Getter('PID-2')?.((await read(pid, { encoding })).records[0] as CellGroup);
    assert.equal(await of('gb18030'), '张三');
    assert.equal(await of('utf-8'), '\\XD5C5C8FD\\');
    assert.deepEqual((await read(pid, { encoding: 'utf-8' })).doubts, ['1:0 hl7.escape']);
    assert.deepEqual((await read(pid, { encoding: 'gb18030' })).doubts, []);
    const rows = `${header}\rPID|1|\\Zx\\\rOBX|1|a\rOBX|2|\\half\r`;
    const { doubts } = await read(rows, { rows: 'OBX' });
    assert.deepEqual(
      doubts,
      ['3:0 hl7.escape', '4:0 hl7.escape', '4:0 hl7.escape'],
      'its own and those before it',
    );
    const replaced = `${header}\rNTE|1|\\Zx\\\rOBX|1|a\rNTE|2|b\rOBX|2|c\r`;
    const later = await read(replaced, { rows: 'OBX' });
    assert.deepEqual(
      [later.records.length, later.doubts],
      [2, ['3:0 hl7.escape']],
      'not of one that was replaced',
    );
  });

  test('rows that would each have thousands of other segments are refused, before they fill the memory', async () => {
    const names = Array.from(
      { length: 2_000 },
      (_, i) => `Z${i.toString(36).padStart(2, '0').toUpperCase()}`,
    );
    const others = names.filter((name) => /^Z[0-9A-Z]{2}$/.test(name)).map((name) => `${name}\r`);
    const message = `${header}\r${others.join('')}`;
    const few = await read(`${message}${'OBX|1\r'.repeat(100)}`, { rows: 'OBX' });
    assert.equal(few.records.length, 100);
    await assert.rejects(
      read(`${message}${'OBX|1\r'.repeat(4_000)}`, { rows: 'OBX' }),
      (error) => error instanceof Problem && error.code === 'file_rows_too_large',
    );
  });

  test('an encoding that the text does not prove is doubted, unless MSH-18 names it', async () => {
    const micro = (charset: string): string => `${header}||||||${charset}\rOBX|1|NM|||5|µmol\r`;
    assert.deepEqual((await read(micro(''))).doubts, ['file 0:0 encoding.guessed']);
    const other = ['1:0 encoding.contradicted', 'file 0:0 encoding.contradicted'];
    assert.deepEqual((await read(micro('8859/1'))).doubts, other);
    assert.deepEqual((await read(micro('UNICODE UTF-8'))).doubts, []);
    assert.deepEqual((await read(micro(''), { encoding: 'utf-8' })).doubts, []);
    assert.deepEqual((await read(`${header}\rPID|1|张三\r`)).doubts, []);
  });

  describe('a file of several encodings', () => {
    const message = (charset: string, name: string): string => `${header}||||||${charset}\rPID|1|${name}\r`;
    const gb = (charset: string, name: string): Uint8Array => encodeGb18030(message(charset, name));
    const utf8 = (charset: string, name: string): Uint8Array => Buffer.from(message(charset, name));
    const names = ({ records }: ReadAll): unknown[] =>
      records.map((record) => hl7Getter('PID-2')?.(record as CellGroup));
    const file = (...messages: readonly Uint8Array[]): Buffer => Buffer.concat(messages);

    test('each message is read as its own MSH-18 says', async () => {
      const mixed = file(
        gb('GB 18030-2000', '张三'),
        utf8('UNICODE UTF-8', '李四'),
        Buffer.from(message('8859/1', 'M\u00fcller'), 'latin1'),
        Buffer.from(message('BIG-5', '\u00b1i\u00a4T'), 'latin1'),
      );
      for (const chunk of [1, 50, 65_536]) {
        const result = await read(mixed, {}, chunk);
        assert.deepEqual([names(result), result.doubts], [['张三', '李四', 'Müller', '張三'], []]);
      }
      const western = await read(Buffer.from(message('8859/1', 'M\u00fcller'), 'latin1'));
      assert.deepEqual([names(western), western.doubts], [['Müller'], []]);
      const marked = file(gb('GB 18030-2000', '张三'), Buffer.from('\ufeff'), utf8('UNICODE UTF-8', '李四'));
      assert.deepEqual(names(await read(marked)), ['张三', '李四']);
    });

    test('a message whose bytes contradict MSH-18 or the options is doubted, also far into the file', async () => {
      const many = file(...Array.from({ length: 1_500 }, () => gb('GB 18030-2000', '张三')));
      const tail = file(many, utf8('GB 18030-2000', '李四'), utf8('', '王五'), gb('', '赵六'));
      const result = await read(tail);
      assert.deepEqual(names(result).slice(-3), ['李四', '王五', '赵六']);
      const line = 2 * 1_500 + 1;
      const doubts = [`${line}:0 encoding.contradicted`, `${line + 2}:0 encoding.contradicted`];
      assert.deepEqual(result.doubts, doubts);
      const declared = await read(tail, { encoding: 'gb18030' });
      assert.deepEqual(declared.doubts, doubts);
      assert.equal(names(declared).at(-1), '赵六');
      assert.deepEqual((await read(gb('UNICODE UTF-8', '民政局张三'))).doubts, [
        '1:0 encoding.contradicted',
        'file 0:0 encoding.contradicted',
      ]);
      const broken = file(utf8('UNICODE UTF-8', '李四'), gb('UNICODE UTF-8', '张三'));
      const { records, bad } = await read(broken, { encoding: 'utf-8' });
      assert.deepEqual([records.length, rulesOf(bad)], [1, ['3 encoding.invalid']]);
      const lost = file(utf8('UNICODE UTF-8', '李\ufffd'), gb('UNICODE UTF-8', '张三'));
      const found = await read(lost, { encoding: 'utf-8' });
      assert.deepEqual(rulesOf(found.bad), ['1 encoding.lost', '3 encoding.invalid']);
    });

    test('in UTF-16 too, a broken character of one message does not make a U+FFFD of another one such bytes', async () => {
      const wide = ['李\ufffd', '\ud842', '李\ufffd'].map((name) => `${header}\rPID|1||${name}\r`).join('');
      const { bad } = await read(Buffer.from(wide, 'utf16le'), { encoding: 'utf-16le' });
      assert.deepEqual(rulesOf(bad), ['1 encoding.lost', '3 encoding.invalid', '5 encoding.lost']);
    });

    test('a file all of whose text contradicts what is declared is doubted as a whole', async () => {
      const all = file(utf8('UNICODE UTF-8', '李四'), utf8('UNICODE UTF-8', '王五'), utf8('', 'plain'));
      const { doubts } = await read(all, { encoding: 'gbk', rows: 'PID' });
      assert.deepEqual(doubts.at(-1), 'file 0:0 encoding.contradicted');
      assert.equal(doubts.length, 3);
    });
  });

  test('characters that cannot be seen and signs of wrong decoding are doubted in their field', async () => {
    const { doubts, warnings } = await read(
      `${header}\rPID|1|a\u200bb|ok\rOBX|1|TX|\u951f\u65a4\u62f7||x\ue000\r`,
      {
        rows: 'OBX',
      },
    );
    assert.deepEqual(doubts, ['3:0 text.invisible', '3:0 encoding.mojibake']);
    assert.deepEqual(warnings, ['1:0 text.private-use']);
  });

  test('other separators, batches with envelopes, several messages', async () => {
    const text =
      'FHS|^~\\&\rBHS|^~\\&\rMSH#*~!%#A#B#C#D#2024##ADT*A01#1#P#2.5\rPID#1##X*Y%Z\rMSH|^~\\&|A|B|C|D|2024||ACK|2|P|2.5\rBTS|2\rFTS|1\r';
    const { records, lines } = await read(text, {}, 5);
    assert.equal(records.length, 2);
    assert.deepEqual(lines, [3, 5]);
    assert.equal(hl7Getter('PID-3.2.2')?.(records[0] as CellGroup), 'Z');
    // mappings of earlier releases may have leading zeros
    assert.equal(hl7Getter('PID[01]-03[1].2.02')?.(records[0] as CellGroup), 'Z');
    for (const path of ['PID-0', 'PID[0]-3', 'PID-3[0]', 'PID-3.0']) assert.equal(hl7Getter(path), undefined);
    const rows = `${header}\rPID|1\rOBX|1|ST\r\rOBX|2|ST\r${header}\rOBX|3|ST\r`;
    assert.deepEqual(
      (await read(rows, { rows: 'OBX' })).lines,
      [3, 5, 7],
      'a row stands where its segment does',
    );
  });

  test('trailers that count other batches or messages than there are put the file in doubt', async () => {
    const message = `${header}\rPID|1\r`;
    const doubts = async (text: string): Promise<readonly string[]> => (await read(text, {}, 11)).doubts;
    assert.deepEqual(await doubts(`FHS|^~\\&\r${message}${message}BTS|3|B1\rFTS|1\r`), [
      'file 6:0 hl7.count',
    ]);
    assert.deepEqual(await doubts(`FHS|^~\\&\rBHS|^~\\&\r${message}BTS|1\rFTS|2\r`), ['file 6:0 hl7.count']);
    for (const right of [
      `BHS|^~\\&\r${message}${message}BTS|2\rBHS|^~\\&\r${message}BTS#1\rFTS|2\r`,
      `${message}FTS|1\r`,
      `BHS|^~\\&\r${message}BTS||no number\rFTS\r`,
      `FHS|^~\\&\r${message}BTS|1\rFTS|1\rFHS|^~\\&\r${message}BTS|1\rFTS|1\r`,
    ])
      assert.deepEqual(await doubts(right), [], right);
  });

  test('a line end inside a text: doubted, or by option a line of the text, empty lines included', async () => {
    const field = (path: string, { records }: ReadAll): unknown => hl7Getter(path)?.(records[0] as CellGroup);
    const lines = `${header}\rOBX|1|TX|R||first\nsecond\n\nlast|F\r\rOBX|2|TX|R||ok\r`;
    const reported = await read(lines, {}, 3);
    assert.deepEqual(reported.doubts, ['1:0 hl7.segment-broken']);
    const joined = await read(lines, { continuationLines: 'join' }, 3);
    assert.deepEqual(joined.doubts, []);
    for (const one of [reported, joined]) {
      assert.equal(field('OBX[1]-5', one), 'first\nsecond\n\nlast');
      assert.equal(field('OBX[1]-6', one), 'F');
      assert.equal(field('OBX[2]-5', one), 'ok');
    }
    const alike = `${header}\rOBX|1|TX|R||report\nNTE|seen\r\nOBX|2|TX|R||ok\r`;
    const rows = await read(alike, { rows: 'OBX' });
    assert.deepEqual(rows.doubts, ['2:0 hl7.line-end', '4:0 hl7.line-end', '4:0 hl7.line-end']);
    const whole = await read(alike, { continuationLines: 'join' });
    assert.equal(field('OBX-5', whole), 'report\nNTE');
    assert.deepEqual(whole.doubts, []);
    const own = await read(`${header}\nPID|1\n${header}\rPID|1\r${header}\r\nPID|1\r\n`);
    assert.deepEqual([own.records.length, own.doubts], [3, []], 'each message has its own line end');
  });

  test('marks between files that were joined, and at the end, are passed over', async () => {
    const message = `${header}\rPID|1\r`;
    const joined = `\ufeff${message}\u001a\ufeff${message}\ufeffFHS|^~\\&\r${message}FTS|1\r\u001a`;
    for (const text of [joined, `${message}${message}${message.slice(0, -1)}\u001a`]) {
      const { records, bad, doubts } = await read(text, {}, 7);
      assert.deepEqual([records.length, bad, doubts], [3, [], []]);
      assert.equal(hl7Getter('PID-1')?.(records[2] as CellGroup), '1');
    }
  });

  test('a segment that no message has is reported', async () => {
    assert.deepEqual((await read(`${header}\rPID|1\r`, { rows: 'OBX' })).doubts, ['file 0:0 hl7.rows']);
    assert.deepEqual((await read(`${header}\r${header}\rOBX|1\r`, { rows: 'OBX' })).doubts, []);
  });

  test('a segment that is too long is reported at the line and byte where it begins', async () => {
    interface Options {
      readonly encoding?: string;
      readonly maxRecordBytes?: number;
    }
    const limit = 1024;
    const long = `OBX|1|TX|||${'a'.repeat(1_000)}\r${'b'.repeat(100)}\r`;
    const refused = async (
      bytes: Uint8Array,
      byte: number,
      line: number,
      options: Options = {},
    ): Promise<void> => {
      for (const chunk of [7, 300_000])
        await assert.rejects(read(bytes, { maxRecordBytes: limit, ...options }, chunk), {
          code: 'file_record_too_long',
          facts: { line, byte, limit: options.maxRecordBytes ?? limit },
        });
    };
    const before = `${header}\rPID|1||${'x'.repeat(900)}\r`;
    await refused(Buffer.from(`${before}${long}`), before.length, 3);
    await refused(Buffer.from(`\ufeff${before}${long}`), before.length + 3, 3);
    const many = before.repeat(100);
    await refused(Buffer.from(`${many}${before}${long}`), many.length + before.length, 203);
    const named = `${header.replace('|2.5', '|2.5||||||UNICODE UTF-8')}\rPID|1||张三\r`;
    const utf8 = Buffer.from(`${before}${named}${long}`);
    await refused(utf8, before.length + Buffer.byteLength(named), 5);
    const mixed = Buffer.concat([encodeGb18030(`${header}\rPID|1||张三李四\r`), utf8]);
    await refused(mixed, header.length + 17 + before.length + Buffer.byteLength(named), 7);
    // 811 characters, 1611 bytes
    const chinese = Buffer.from(`${before}OBX|1|TX|||${'张\r'.repeat(400)}`);
    await refused(chinese, before.length, 3);
    const wide = Buffer.from(`\ufeff${before}${long}`, 'utf16le');
    await refused(wide, 2 + before.length * 2, 3, { encoding: 'utf-16le', maxRecordBytes: 2_022 });
  });

  test('bytes before a header are bad; without any header the file is refused', async () => {
    const { bad, records } = await read(`PID|1\rNK1|1\r${header}\r`);
    assert.deepEqual([rulesOf(bad), records.length], [['1 hl7.stray'], 1]);
    assert.deepEqual(rulesOf((await read('MSH|^~\\&|A|B\r')).bad), ['1 hl7.header']);
    assert.deepEqual(rulesOf((await read(`${header.replace('ADT^A01', '')}\r`)).bad), ['1 hl7.message-type']);
    await assert.rejects(
      read('PID|1\r'),
      (error) => error instanceof Problem && error.code === 'hl7_without_header',
    );
    await assert.rejects(read(''), (error) => error instanceof Problem && error.code === 'file_empty');
  });
});
