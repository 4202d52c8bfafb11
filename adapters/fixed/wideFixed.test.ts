import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../../terms/problem.ts';
import { bytesOf } from '../fixtures/bytes.ts';
import { mutated } from '../fixtures/mutated.ts';
import { readAll, rulesOf, type ReadAll } from '../fixtures/readAll.ts';

type Order = 'utf-16le' | 'utf-16be';
const orders: readonly Order[] = ['utf-16le', 'utf-16be'];

/** UTF-16 bytes of a text, lone surrogates included. */
function wide(text: string, order: Order): Buffer {
  const bytes = Buffer.from(text, 'utf16le');
  return order === 'utf-16le' ? bytes : bytes.swap16();
}

const columns = [
  { name: 'id', start: 0, length: 8, zeros: 'strip' },
  { name: 'name', start: 8, length: 8 },
  { name: 'n', start: 16, length: 4 },
];
const lines = '0001张三  12\n0012𠮷ab7 \n';
const rows = [
  ['1', '张三', '12'],
  ['12', '𠮷ab', '7'],
];
const refused =
  (code: string, ...facts: string[]) =>
  (error: unknown): boolean =>
    error instanceof Problem && error.code === code && facts.every((fact) => error.message.includes(fact));

describe('fixed width in UTF-16', () => {
  const read = (bytes: Uint8Array, options: object, chunk = 65_536): Promise<ReadAll> =>
    readAll('fixed', bytesOf(bytes, chunk), { columns, ...options });

  test('offsets count bytes, in both byte orders, in chunks of any size', async () => {
    for (const encoding of orders) {
      for (const chunk of [1, 2, 3, 7, 1000]) {
        const { records, lines: at } = await read(wide(lines, encoding), { encoding }, chunk);
        assert.deepEqual(records, rows, `${encoding}, chunks of ${chunk}`);
        assert.deepEqual(at, [1, 2]);
      }
    }
  });

  test('a byte order mark decides and does not shift the first record', async () => {
    for (const order of orders) {
      for (const encoding of ['utf-16', ...orders, 'gb18030', 'utf-8']) {
        for (const chunk of [1, 3, 1000]) {
          const { records } = await read(wide(`\ufeff${lines}`, order), { encoding }, chunk);
          assert.deepEqual(records, rows, `${order} declared as ${encoding}`);
        }
      }
    }
    const le = await read(wide(lines, 'utf-16le'), { encoding: 'utf-16' });
    assert.deepEqual(le.records, rows, 'utf-16 without a mark is little-endian');
  });

  test('a mark of UTF-8 or GB18030 does not shift the first record either; in a code page it is letters', async () => {
    const plain = { columns: [{ name: 'a', start: 0, length: 3 }] };
    const file = Buffer.from('\ufeff张\nabc\n');
    for (const encoding of ['utf-8', 'gb18030'])
      assert.deepEqual((await read(file, { ...plain, encoding }, 2)).records, [['张'], ['abc']]);
    const gb = Buffer.from([0x84, 0x31, 0x95, 0x33, 0xd5, 0xc5, 0x31, 0x0a]);
    assert.deepEqual((await read(gb, plain)).records, [['张1']]);
    const letters = await read(Buffer.from([0xff, 0xfe, 0x61, 0x0a]), { ...plain, encoding: 'windows-1251' });
    assert.deepEqual(letters.records, [['яюa']]);
    const cut = read(Buffer.from('\ufeffabcde'), {
      ...plain,
      encoding: 'utf-8',
      lineEnds: false,
      recordLength: 3,
    });
    await assert.rejects(cut, refused('file_truncated', 'record 2 (byte 6)'));
  });

  test('LF, CRLF and lone CR, also mixed; bytes 0A and 0D inside a character are no line ends', async () => {
    const one = { columns: [{ name: 'a', start: 0, length: 4 }] };
    const text = 'ab\r\ncd\ref\n\u0a0d\u0d0a\n\u0a00\u0d00\r\n\n\r\ngh\r';
    const wanted = [['ab'], ['cd'], ['ef'], ['\u0a0d\u0d0a'], ['\u0a00\u0d00'], ['gh']];
    for (const encoding of orders) {
      for (const chunk of [1, 2, 5, 1000]) {
        const { records, skipped, lines: at } = await read(wide(text, encoding), { ...one, encoding }, chunk);
        assert.deepEqual(records, wanted, `${encoding}, chunks of ${chunk}`);
        assert.equal(skipped, 2);
        assert.deepEqual(at, [1, 2, 3, 4, 5, 8]);
      }
    }
  });

  test('records by length, records of several lines, skipped lines, short and long ones', async () => {
    for (const encoding of orders) {
      const runs = { encoding, lineEnds: false, recordLength: 20 };
      const text = `\ufeff${lines.replaceAll('\n', '')}`;
      assert.deepEqual((await read(wide(text, encoding), runs, 7)).records, rows);
      await assert.rejects(
        read(wide(`${text}00`, encoding), runs),
        refused('file_truncated', 'record 3 (byte 42)'),
      );
      const grouped = { encoding, recordLines: 2, skipLines: 1 };
      const halves = `title\n0001张三\n  12\n0012\n𠮷ab7 \n`;
      const two = await read(wide(halves, encoding), grouped, 5);
      assert.deepEqual(two.records, rows);
      assert.deepEqual(two.lines, [2, 4]);
      const exact = await read(wide(`0001\n${lines}0001张三  12!\n`, encoding), {
        encoding,
        recordLength: 20,
      });
      assert.deepEqual(rulesOf(exact.bad), ['1 fixed.short', '4 fixed.long']);
      assert.equal(exact.bad[0]?.problems[0]?.got, '8 bytes');
      const filled = await read(wide('0001\n', encoding), { encoding, short: 'fill' });
      assert.deepEqual(filled.records, [['1', null, null]]);
    }
  });

  test('lists, sentinels and blanks as in every other encoding', async () => {
    const layout = {
      columns: [
        { name: 'v', start: 0, length: 6, occurs: 3, nulls: ['-99'] },
        { name: 't', start: 18, length: 4 },
      ],
    };
    const { records } = await read(wide(' 12-99  ７　张\n', 'utf-16le'), { ...layout, encoding: 'utf-16le' });
    assert.deepEqual(records, [[['12', null, '７'], '张']]);
  });

  test('a cell that cuts a pair, or a unit, in two is a problem of its record with its column', async () => {
    const places = ({ bad }: ReadAll): unknown =>
      bad.map(({ line, problems }) => [line, ...problems.map((p) => `${p.column} ${p.header} ${p.rule}`)]);
    for (const encoding of orders) {
      const pair = await read(wide(`0001abc𠮷12\n${lines}`, encoding), { encoding });
      assert.deepEqual(places(pair), [[1, '2 name encoding.invalid', '3 n encoding.invalid']]);
      assert.deepEqual(pair.records, rows, 'and only of that one');
      const odd = [
        { name: 'a', start: 0, length: 3 },
        { name: 'b', start: 4, length: 2 },
      ];
      const unit = await read(wide('abc\n', encoding), { encoding, columns: odd });
      assert.deepEqual(places(unit), [[1, '1 a encoding.invalid']]);
      const list = [{ name: 'a', start: 1, length: 2, occurs: 2 }];
      assert.deepEqual(places(await read(wide('abcd\n', encoding), { encoding, columns: list })), [
        [1, '1 a encoding.invalid'],
      ]);
      const halves = [{ name: 'a', start: 0, length: 2, occurs: 2 }];
      assert.deepEqual(places(await read(wide('𠮷\n', encoding), { encoding, columns: halves })), [
        [1, '1 a encoding.invalid'],
      ]);
    }
  });

  test('records of an odd number of bytes: each is cut from its own first byte', async () => {
    for (const encoding of orders) {
      const record = Buffer.concat([wide('张7', encoding), Buffer.from([0xff])]);
      const layout = { lineEnds: false, recordLength: 5, columns: [{ name: 'a', start: 0, length: 4 }] };
      const { records } = await read(Buffer.concat([record, record, record]), { encoding, ...layout }, 4);
      assert.deepEqual(records, [['张7'], ['张7'], ['张7']]);
      const { bad } = await read(record, {
        encoding,
        ...layout,
        columns: [{ name: 'a', start: 2, length: 3 }],
      });
      assert.deepEqual(rulesOf(bad), ['1 encoding.invalid']);
    }
  });

  test('NUL bytes are no NUL characters; NUL, replacement, lone and private-use characters are distinguished', async () => {
    const one = { columns: [{ name: 'a', start: 0, length: 4 }] };
    for (const encoding of orders) {
      const file = wide('ab\na\0\na\ufffd\na\ud842\n\udfb7a\na\ue000\n', encoding);
      const { records, bad, warnings } = await read(file, { ...one, encoding }, 3);
      assert.deepEqual(records, [['ab'], ['a\ue000']]);
      assert.deepEqual(rulesOf(bad), [
        '2 text.nul',
        '3 encoding.lost',
        '4 encoding.invalid',
        '5 encoding.invalid',
      ]);
      assert.deepEqual(warnings, ['6:1 text.private-use']);
    }
  });

  test('half a character at the end of the file is a bad record, never lost', async () => {
    for (const encoding of orders) {
      const cut = await read(wide(lines, encoding).subarray(0, -1), { encoding }, 3);
      assert.deepEqual(rulesOf(cut.bad), ['2 encoding.invalid']);
      const stray = await read(Buffer.concat([wide(lines, encoding), Buffer.from([0x0a])]), { encoding });
      assert.deepEqual(rulesOf(stray.bad), ['3 fixed.short']);
      const filled = await read(Buffer.from([0x41]), { encoding, short: 'fill' });
      assert.deepEqual(rulesOf(filled.bad), ['1 encoding.invalid']);
    }
  });

  test('empty files, and lines without an end, are refused with their place', async () => {
    for (const encoding of orders) {
      await assert.rejects(read(Buffer.alloc(0), { encoding }), refused('file_empty'));
      await assert.rejects(read(wide('\ufeff', encoding), { encoding }), refused('file_empty'));
      const long = wide(`\ufeffab\n${'x'.repeat(2000)}`, encoding);
      const limited = { encoding, maxRecordBytes: 1024 };
      await assert.rejects(read(long, limited, 64), refused('file_record_too_long', 'line 2', 'byte 8'));
      const grouped = wide(`${'x'.repeat(300)}\n`.repeat(8), encoding);
      await assert.rejects(
        read(grouped, { ...limited, recordLines: 8 }, 64),
        refused('file_record_too_long', 'line 1', 'byte 0'),
      );
    }
  });

  test('1,000 mutated files: no crash, and every line is accounted for', async () => {
    for (let seed = 1; seed <= 1000; seed += 1) {
      const encoding = orders[seed % 2] ?? 'utf-16le';
      const bytes = mutated(wide(lines.repeat(6), encoding), seed);
      if (bytes.length < 2 || [0xfeff, 0xfffe].includes(bytes.readUInt16BE(0))) continue;
      const { total, bad } = await read(bytes, { encoding }, 1 + (seed % 90));
      const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
      const text = (encoding === 'utf-16be' ? even.swap16() : even).toString('utf16le');
      const counted = text.split(/\r\n|\r|\n/);
      if (counted.at(-1) === '' && bytes.length % 2 === 0) counted.pop();
      assert.equal(total, counted.length, `mutation ${seed}`);
      assert.ok(!bad.some(({ problems }) => problems.length === 0));
    }
  });
});
