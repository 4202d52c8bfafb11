/** Ranges of records: none extends beyond its record, limits apply wherever a chunk ends, and impossible options are rejected. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { checkedOptions } from '../reading/optionsCheck.ts';
import { copybook as format } from './copybook.ts';
import { readHost, sourceOf } from './fixtures/readHost.ts';
import { framedRecords, framesOf } from './framing.ts';
import { HostFile } from './hostFile.ts';
import type { CopybookOptions } from './options.ts';

const ascii = { encoding: 'ascii' };
const copybook = '01 R.\n 05 A PIC X(3).\n';

/** Records, lines, skipped and doubts; the code of a refusal. */
async function outcome(bytes: string | Uint8Array, options: object, chunk: number): Promise<unknown> {
  try {
    const read = await readHost(copybook, Buffer.from(bytes), options, chunk);
    return { records: read.records, lines: read.lines, skipped: read.skipped, doubts: read.doubts };
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

const chunks = [1, 7, 65_536];

describe('lines with bytes before and after their fields', () => {
  const offsets = { ...ascii, recordFormat: 'D', recordStartOffset: 4, recordEndOffset: 1 };

  test('an empty line is skipped, and takes no bytes of the next one', async () => {
    for (const chunk of chunks)
      assert.deepEqual(await outcome('0001abc.\n\n0002def.\n', offsets, chunk), {
        records: [{ A: 'abc' }, { A: 'def' }],
        lines: [1, 3],
        skipped: 1,
        doubts: [],
      });
  });

  test('a line that ends before its fields has none, and is doubted', async () => {
    for (const chunk of chunks)
      assert.deepEqual(await outcome('0001abc.\r\n00\r\n0003def.\r\n', offsets, chunk), {
        records: [{ A: 'abc' }, { A: null }, { A: 'def' }],
        lines: [1, 2, 3],
        skipped: 0,
        doubts: ['2:0 copybook.short'],
      });
  });

  test('a line whose fields are blank is skipped, whether its blanks were removed or not', async () => {
    for (const line of ['0002   .', '0002.', '   '])
      for (const chunk of chunks)
        assert.deepEqual(
          await outcome(`0001abc.\n${line}\n0003def.\n`, offsets, chunk),
          { records: [{ A: 'abc' }, { A: 'def' }], lines: [1, 3], skipped: 1, doubts: [] },
          line,
        );
  });
});

describe('the limit of a record', () => {
  const limit = 1024;
  const body = (length: number): Buffer => Buffer.alloc(length, 0x41);
  const word = (length: number): Buffer => Buffer.from([length >> 8, length & 255, 0, 0]);
  const digits = (length: number): Buffer => Buffer.from(String(length).padStart(6, '0'));
  const forms: readonly (readonly [string, object, (length: number) => Buffer])[] = [
    ['lines', { recordFormat: 'D' }, (length) => Buffer.concat([body(length), Buffer.from('\n')])],
    ['lines of CRLF', { recordFormat: 'D' }, (length) => Buffer.concat([body(length), Buffer.from('\r\n')])],
    [
      'record descriptor words',
      { recordFormat: 'V' },
      (length) => Buffer.concat([word(length), body(length)]),
    ],
    [
      'blocks',
      { recordFormat: 'VB' },
      (length) => Buffer.concat([word(length + 4), word(length), body(length)]),
    ],
    [
      'headers',
      { recordHeader: { bytes: 6, lengthBytes: 6, form: 'ascii' } },
      (length) => Buffer.concat([digits(length), body(length)]),
    ],
  ];
  for (const [name, options, framed] of forms)
    test(`${name}: a record of exactly the limit is read, one byte more is refused, in chunks of any size`, async () => {
      for (const chunk of chunks) {
        const all = { ...ascii, ...options, maxRecordBytes: limit };
        const exact = await outcome(Buffer.concat([framed(limit), framed(3)]), all, chunk);
        assert.deepEqual((exact as { lines: unknown }).lines, [1, 2], `chunks of ${chunk}`);
        const long = await outcome(Buffer.concat([framed(3), framed(limit + 1), framed(3)]), all, chunk);
        assert.equal(long, 'file_record_too_long', `chunks of ${chunk}`);
      }
    });

  test('records of one length, also of a length that a field declares', async () => {
    for (const chunk of chunks) {
      const options = { ...ascii, maxRecordBytes: limit };
      const fixed = { ...options, recordLength: limit };
      assert.deepEqual(((await outcome(body(limit * 2), fixed, chunk)) as { lines: unknown }).lines, [1, 2]);
      const longer = { ...options, recordLength: limit + 1 };
      assert.equal(await outcome(body((limit + 1) * 2), longer, chunk), 'file_record_too_long');
      const declared = { ...options, recordLengthField: 'A', recordLengthMap: { abc: 3, def: limit + 1 } };
      const bytes = Buffer.concat([Buffer.from('abcdef'), body(limit - 2)]);
      assert.equal(await outcome(bytes, declared, chunk), 'file_record_too_long');
    }
  });
});

describe('an error of framing', () => {
  const framed = async (
    layout: string,
    given: object,
    bytes: Uint8Array,
    chunk: number,
  ): Promise<unknown> => {
    const options = checkedOptions(format, { ...ascii, copybook: sourceOf(layout), ...given });
    const { nextFrame } = new HostFile(options as CopybookOptions);
    const records: string[] = [];
    try {
      const blocks = framedRecords(bytesOf(bytes, chunk), options as CopybookOptions, nextFrame);
      for await (const { bytes: block, ranges } of blocks)
        for (let i = 0; i < ranges.length; i += 2)
          records.push(block.toString('latin1', ranges[i], ranges[i + 1]));
    } catch (error) {
      if (error instanceof Problem) return [records, error.code, error.facts['byte']];
      throw error;
    }
    return [records];
  };
  const lists = '01 R.\n 05 N PIC 9.\n 05 L PIC 99 OCCURS 0 TO 5 DEPENDING ON N.\n';
  const word = Buffer.from([0, 3, 0, 0]);
  const two = [word, Buffer.from('abc'), word, Buffer.from('def')];
  const long = Buffer.from(`abc\ndef\n${'g'.repeat(1025)}\n`);
  const cases: readonly (readonly [string, string, object, Uint8Array, unknown])[] = [
    [
      'an impossible length',
      copybook,
      { recordFormat: 'V' },
      Buffer.concat([...two, Buffer.alloc(4)]),
      [['abc', 'def'], 'file_framing_wrong', 14],
    ],
    [
      'a record above the limit',
      copybook,
      { recordFormat: 'D', maxRecordBytes: 1024 },
      long,
      [['abc', 'def'], 'file_record_too_long', 8],
    ],
    [
      'a truncated record',
      lists,
      { variableSizeOccurs: true },
      Buffer.from('01232330'),
      [['0', '123'], 'file_truncated', 4],
    ],
  ];
  for (const [name, layout, options, bytes, expected] of cases)
    test(`${name}: the records before it are returned first, in chunks of any size`, async () => {
      for (const chunk of chunks)
        assert.deepEqual(await framed(layout, options, bytes, chunk), expected, `chunks of ${chunk}`);
    });
});

describe('options that contradict each other are a problem, not a crash', () => {
  const cases: readonly (readonly [string, object])[] = [
    ['a length after its header', { recordHeader: { bytes: 2, lengthAt: 2, lengthBytes: 2 } }],
    [
      'a length that ends after its header',
      { recordHeader: { bytes: 4, lengthAt: 3, lengthBytes: 2, adjustment: 3 } },
    ],
    ['a mark after its header', { recordHeader: { bytes: 4, lengthBytes: 2, mark: { at: 4, hex: 'ff' } } }],
    [
      'a record that is no longer than the bytes around its fields',
      { recordLength: 4, recordStartOffset: 2, recordEndOffset: 2 },
    ],
  ];
  for (const [name, options] of cases)
    test(name, async () => {
      for (const chunk of chunks)
        assert.equal(
          await outcome('\0\x03\0\0abcdef', { ...ascii, ...options }, chunk),
          'file_framing_wrong',
        );
    });
});

test('an option that the others would make ineffective is rejected', async () => {
  const recordHeader = { bytes: 2, lengthBytes: 2 };
  const cases: readonly object[] = [
    { recordLengthField: 'A', recordFormat: 'V' },
    { recordLengthField: 'A', recordHeader },
    { recordLengthField: 'A', lengthByView: true, redefineRules: { A: { length: 3 } } },
    { lengthByView: true, redefineRules: { A: { length: 3 } }, recordFormat: 'D' },
    { lengthByView: true, redefineRules: { A: { length: 3 } }, recordLength: 3 },
    { recordLength: 3, recordFormat: 'V' },
    { recordLength: 3, recordFormat: 'D' },
    { recordLength: 3, recordHeader },
    { segmentField: 'A' },
  ];
  for (const options of cases)
    assert.equal(
      await outcome('abc', { ...ascii, ...options }, 3),
      'adapter_options_invalid',
      JSON.stringify(options),
    );
});

test('a file with one kind of line end is searched once for the other', () => {
  const lines = 10_000;
  const bytes = Buffer.alloc(lines * 4, 0x15);
  for (let at = 0; at < bytes.length; at += 4) bytes.write('ABC', at, 'latin1');
  const search = bytes.indexOf.bind(bytes);
  let searched = 0;
  bytes.indexOf = (value, from): number => {
    const found = search(value, Number(from));
    searched += (found < 0 ? bytes.length : found) - Number(from);
    return found;
  };
  const options = checkedOptions(format, { copybook: sourceOf(copybook), recordFormat: 'D' });
  const nextFrame = framesOf(options as CopybookOptions, undefined, 3);
  let found = 0;
  for (let at = 0; at < bytes.length; found += 1) {
    const frame = nextFrame(bytes, at, { record: found + 1, byte: at, last: true });
    assert.ok('next' in frame);
    at = frame.next;
  }
  assert.equal(found, lines);
  assert.ok(searched < bytes.length * 4, `${searched} bytes searched in ${bytes.length}`);
});
