import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../../terms/problem.ts';
import { rulesOf } from '../../fixtures/readAll.ts';
import { encodeEbcdic as text } from '../fixtures/hostBytes.ts';
import { readHost } from '../fixtures/readHost.ts';

const refusedAs = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;
const chunks = [1, 3, 1000];

describe('records that declare their length', () => {
  const lists = '01 R.\n 05 CNT PIC 9.\n 05 A PIC 99 OCCURS 0 TO 5 DEPENDING ON CNT.\n';
  const variable = { variableSizeOccurs: true };

  test('lists of variable size: a record has the length of its own list', async () => {
    for (const chunk of chunks) {
      const { records, doubts } = await readHost(lists, text('0123323015651234567890'), variable, chunk);
      assert.deepEqual(
        records.map((record) => (record as { A: unknown }).A),
        [[], [23], [23, 1, 56], [12, 34, 56, 78, 90]],
      );
      assert.deepEqual(doubts, []);
    }
  });

  const nested = `01 R.
 05 T OCCURS 3.
  10 C PIC 9.
  10 L PIC X OCCURS 0 TO 5 DEPENDING ON C.
 05 Z PIC X.
`;
  test('a list whose items have a list of variable size each', async () => {
    for (const chunk of chunks) {
      const bytes = text('1a2bc3defy2gh05ijklmz');
      const { records, doubts } = await readHost(nested, bytes, variable, chunk);
      assert.deepEqual(records, [
        { T: ['a', 'bc', 'def'].map((items) => ({ C: items.length, L: [...items] })), Z: 'y' },
        { T: ['gh', '', 'ijklm'].map((items) => ({ C: items.length, L: [...items] })), Z: 'z' },
      ]);
      assert.deepEqual(doubts, []);
    }
    // a record that is cut between two items must not end there
    for (const cut of ['5abcde', '5abcde1f', '5abcde1f0'])
      await assert.rejects(readHost(nested, text(cut), variable), refusedAs('file_truncated'), cut);
  });

  test('a list counts by its own record, not by the one before', async () => {
    const layout = `01 R.
 05 T PIC X.
 05 A.
  10 CNT PIC 9.
 05 B REDEFINES A PIC X.
 05 L PIC X OCCURS 0 TO 3 DEPENDING ON CNT.
`;
    const redefineRules = { A: { field: 'T', is: 'A' }, B: { field: 'T', is: 'B' } };
    const { records, bad } = await readHost(layout, text('A2xy Bzuvw'), { redefineRules });
    assert.deepEqual(records, [{ T: 'A', A: { CNT: 2 }, L: ['x', 'y'] }]);
    assert.deepEqual(rulesOf(bad), ['2 copybook.occurs']);
  });

  test('an invalid count is refused at its position, and so is a record that ends too early', async () => {
    await assert.rejects(
      readHost(lists, text('0123x'), variable),
      (error) =>
        error instanceof Problem &&
        error.code === 'file_framing_wrong' &&
        error.message.includes('record 3 (byte 4)'),
    );
    await assert.rejects(readHost(lists, text('01239'), variable), refusedAs('file_framing_wrong'));
    await assert.rejects(readHost(lists, text('0123323'), variable), refusedAs('file_truncated'));
  });

  const views = `01 R.
 05 T PIC X.
 05 A.
  10 NAME PIC X(6).
 05 B REDEFINES A.
  10 N PIC 9(2).
`;
  test('a record has the length of the view of its type', async () => {
    const options = { segmentField: 'T', segmentRedefines: { A: 'A', B: 'B' }, lengthByView: true };
    for (const chunk of chunks) {
      const { records } = await readHost(views, text('AabcdefB12B34Axxxxxx'), options, chunk);
      assert.deepEqual(records, [
        { T: 'A', A: { NAME: 'abcdef' } },
        { T: 'B', B: { N: 12 } },
        { T: 'B', B: { N: 34 } },
        { T: 'A', A: { NAME: 'xxxxxx' } },
      ]);
    }
    await assert.rejects(readHost(views, text('AabcdefC12'), options), refusedAs('file_framing_wrong'));
    await assert.rejects(
      readHost(views, text('Aabcdef'), { lengthByView: true }),
      refusedAs('adapter_options_invalid'),
    );
  });

  test('a length field that counts a part of the record, with an adjustment', async () => {
    const counted = '01 R.\n 05 L PIC 9(2).\n 05 T PIC X(4).\n';
    const options = { recordLengthField: 'L', recordLengthAdjustment: 2 };
    assert.deepEqual((await readHost(counted, text('04aaaa02bb'), options)).records, [
      { L: 4, T: 'aaaa' },
      { L: 2, T: 'bb' },
    ]);
    await assert.rejects(
      readHost(counted, text('04aaaa'), { recordLengthAdjustment: 2 }),
      refusedAs('adapter_options_invalid'),
    );
  });
});

describe('headers of records', () => {
  const copybook = '01 R.\n 05 T PIC X(3).\n';
  const ascii = { encoding: 'ascii' };

  test('a header has a length in any form at any offset, and may have a constant mark', async () => {
    const header = { bytes: 6, lengthAt: 2, lengthBytes: 3, form: 'ascii', mark: { at: 0, hex: '5e5e' } };
    for (const chunk of chunks) {
      const { records } = await readHost(
        copybook,
        Buffer.from('^^003;abc^^003;def'),
        { ...ascii, recordHeader: header },
        chunk,
      );
      assert.deepEqual(records, [{ T: 'abc' }, { T: 'def' }]);
    }
    const little = { bytes: 4, lengthAt: 0, lengthBytes: 2, form: 'little', includesHeader: true };
    const bytes = Buffer.concat([Buffer.from([7, 0, 9, 9]), Buffer.from('abc')]);
    const read = await readHost(copybook, bytes, { ...ascii, recordHeader: little });
    assert.deepEqual(read.records, [{ T: 'abc' }]);
  });

  test('an invalid or incomplete header is refused, and so is a missing mark', async () => {
    const header = { bytes: 3, lengthBytes: 3, form: 'ascii' };
    for (const [bytes, code] of [
      ['003abc0x3abc', 'file_framing_wrong'],
      ['000', 'file_framing_wrong'],
      ['004abc', 'file_truncated'],
      ['00', 'file_truncated'],
    ] as const)
      await assert.rejects(
        readHost(copybook, Buffer.from(bytes), { ...ascii, recordHeader: header }),
        refusedAs(code),
      );
    const marked = { ...header, bytes: 4, lengthAt: 1, mark: { hex: '5e' } };
    await assert.rejects(
      readHost(copybook, Buffer.from('^003abc-003abc'), { ...ascii, recordHeader: marked }),
      refusedAs('file_framing_wrong'),
    );
  });

  test('the second half of a record descriptor word must be zero; a large block has one long word', async () => {
    const word = (length: number): Buffer => Buffer.from([0, length, 0, 0]);
    const record = Buffer.concat([word(7), text('abc')]);
    const blocked = { rdw: { includesHeader: true }, bdw: { includesHeader: true }, recordFormat: 'VB' };
    const large = Buffer.from([0x80, 0, 0, 11]);
    assert.deepEqual((await readHost(copybook, Buffer.concat([large, record]), blocked)).records, [
      { T: 'abc' },
    ]);
    const spanned = Buffer.concat([Buffer.from([0, 7, 1, 0]), text('abc')]);
    await assert.rejects(
      readHost(copybook, spanned, { ...blocked, recordFormat: 'V' }),
      refusedAs('file_framing_wrong'),
    );
  });
});
