/** Where a file is cut into chunks changes nothing: the same records, findings and refusals, whole and byte by byte. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Problem } from '../terms/problem.ts';
import { fuzzCases, type FuzzCase } from '../tests/fuzzCases.ts';
import { bytesOf } from './fixtures/bytes.ts';
import { mutated } from './fixtures/mutated.ts';
import { readAll } from './fixtures/readAll.ts';

type Case = Pick<FuzzCase, 'format' | 'bytes' | 'options' | 'companions'>;

/** Everything that is known after reading, also of a refusal. */
async function outcome(
  { format, options = {}, companions }: Case,
  bytes: Buffer,
  chunk: number,
): Promise<unknown> {
  try {
    return await readAll(format, bytesOf(bytes, chunk), options, companions);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { code: error.code, message: error.message, facts: error.facts };
  }
}

async function sameInChunks(one: Case, bytes: Buffer, place: string): Promise<void> {
  const whole = await outcome(one, bytes, bytes.length + 1);
  for (const chunk of [1, 7, 4096])
    assert.deepEqual(await outcome(one, bytes, chunk), whole, `${place}, chunks of ${chunk}`);
}

describe('chunks of 1, 7 and 4096 bytes', () => {
  for (const one of fuzzCases())
    test(one.name, async () => {
      await sameInChunks(one, one.bytes, 'sound');
      for (let seed = 1; seed <= 5; seed += 1)
        await sameInChunks(one, mutated(one.bytes, seed), `mutation ${seed}`);
    });
});

const limit = 1024;
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const x = (length: number): string => 'x'.repeat(length);
const column = { name: 'a', start: 0, length: 2 };
const bytes = { maxRecordBytes: limit };
const header = 'MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5';

interface Limited {
  readonly format: string;
  readonly options: object;
  /** what comes before the records, a short record, one of a length that counts as the limit does, and the end */
  readonly parts: readonly [begin: string, short: string, long: (length: number) => string, end: string];
  readonly wide?: true;
}

const limited: Readonly<Record<string, Limited>> = {
  csv: { format: 'csv', options: bytes, parts: ['a\n', '1\n', (n) => `${x(n)}\n`, '2\n'] },
  'csv of CRLF': { format: 'csv', options: bytes, parts: ['a\r\n', '1\r\n', (n) => `${x(n)}\r\n`, '2\r\n'] },
  'csv of lone CR': { format: 'csv', options: bytes, parts: ['a\r', '1\r', (n) => `${x(n)}\r`, '2\r'] },
  'csv, last line': { format: 'csv', options: bytes, parts: ['a\n', '1\n', x, ''] },
  'csv of UTF-16': {
    format: 'csv',
    options: { ...bytes, encoding: 'utf-16le' },
    parts: ['a\n', '1\n', (n) => `${x(n / 2)}\n`, '2\n'],
    wide: true,
  },
  fixed: {
    format: 'fixed',
    options: { ...bytes, columns: [column] },
    parts: ['', '12\n', (n) => `${x(n)}\n`, '12\n'],
  },
  'fixed, skipped line': {
    format: 'fixed',
    options: { ...bytes, columns: [column], skipLines: 2 },
    parts: ['12\n', '', (n) => `${x(n)}\n`, '12\n'],
  },
  'fixed, records of two lines': {
    format: 'fixed',
    options: { ...bytes, columns: [column], recordLines: 2 },
    parts: ['', '12\n3\n', (n) => `12\n${x(n - 2)}\n`, '12\n3\n'],
  },
  'fixed of UTF-16': {
    format: 'fixed',
    options: { ...bytes, columns: [{ ...column, length: 4 }], encoding: 'utf-16le' },
    parts: ['', '12\r\n', (n) => `${x(n / 2)}\r\n`, '12\r\n'],
    wide: true,
  },
  'fixed by characters': {
    format: 'fixed',
    options: { ...bytes, columns: [column], unit: 'characters', encoding: 'utf-8' },
    parts: ['', '12\n', (n) => `${x(n)}\n`, '12\n'],
  },
  hl7: {
    format: 'hl7',
    options: bytes,
    parts: [`${header}\r`, 'NTE|1\r', (n) => `NTE|1||${x(n - 7)}\r`, 'NTE|2\r'],
  },
  ndjson: {
    format: 'json',
    options: { maxRecordChars: limit },
    parts: ['', '{"a":1}\n', (n) => `{"a":"${x(n - 8)}"}\n`, '{"a":2}\n'],
  },
  json: {
    format: 'json',
    options: { maxRecordChars: limit },
    parts: ['[', '{"a":1},', (n) => `{"a":"${x(n - 8)}"},`, '{"a":2}]'],
  },
  'xml, text': {
    format: 'xml',
    options: { rows: '/d/r', maxTextChars: limit },
    parts: ['<d>', '<r><a>1</a></r>', (n) => `<r><a>${x(n)}</a></r>`, '</d>'],
  },
  'xml, comment': {
    format: 'xml',
    options: { rows: '/d/r', maxTextChars: limit },
    parts: ['<d>', '<r><a>1</a></r>', (n) => `<!--${x(n - 7)}-->`, '</d>'],
  },
  'xml, tag': {
    format: 'xml',
    options: { rows: '/d/r', maxTextChars: limit },
    parts: ['<d>', '<r><a>1</a></r>', (n) => `<r b="${x(n - 9)}"/>`, '</d>'],
  },
  'xml, record': {
    format: 'xml',
    options: { rows: '/d/r', maxRecordChars: limit },
    parts: ['<d>', '<r><a>1</a><b>1</b></r>', (n) => `<r><a>${x(n - 1)}</a><b>1</b></r>`, '</d>'],
  },
};

/** The readers divide any input into chunks that end here. */
const chunkEnd = 64 * 1024;

describe('a limit counts the same bytes wherever a chunk ends', () => {
  for (const [name, { format, options, parts, wide }] of Object.entries(limited)) {
    const [begin, short, long, end] = parts;
    const of = (text: string): Buffer => (wide === true ? utf16(text) : Buffer.from(text));
    const at: Case = { format, options, bytes: Buffer.alloc(0) };
    const codeOf = async (file: Buffer): Promise<string> => {
      const found = (await outcome(at, file, 65_536)) as { readonly code?: string };
      return found.code ?? 'read';
    };

    test(name, async () => {
      for (const length of [limit, limit + 2]) {
        const file = of(begin + short + long(length) + end);
        await sameInChunks(at, file, `${length}`);
        const expected = length === limit ? /^read$/ : /^file_(?:record_too_long|line_over_limit)$/;
        assert.match(await codeOf(file), expected, `${length}, in one chunk`);
        if (short === '') continue;
        // the chunk ends after 1, 2 … bytes before the end of the record, and in its middle
        for (const left of [0, 1, 2, 3, 4, limit / 2]) {
          const before = chunkEnd - of(begin + long(length)).length + left;
          const shorts = Math.floor(before / of(short).length);
          const filled = of(begin + short.repeat(shorts) + long(length) + end);
          assert.match(await codeOf(filled), expected, `${length}, ${left} bytes after the end of a chunk`);
        }
      }
    });
  }
});

describe('what is decided once is decided alike', () => {
  const ascii = 'a,b\n'.repeat(50_000);
  const cases: readonly (readonly [name: string, one: Case])[] = [
    [
      'the encoding of a long CSV',
      {
        format: 'csv',
        bytes: Buffer.concat([
          Buffer.from(ascii),
          Buffer.from('c,\xd5\xc5\n', 'latin1'),
          Buffer.from(`c,张三\n`.repeat(9_000)),
        ]),
      },
    ],
    [
      'the separator',
      { format: 'csv', bytes: Buffer.from(`a;b,c\n${'1;2,3\n'.repeat(3)}${'1;2\n'.repeat(30_000)}`) },
    ],
    [
      'a header that looks like data',
      {
        format: 'csv',
        bytes: Buffer.from(`20240101,5\n${'20240102,5\n'.repeat(3)}${'x,y\n'.repeat(30_000)}`),
      },
    ],
  ];
  for (const [name, one] of cases)
    test(name, async () => {
      const whole = await outcome(one, one.bytes, one.bytes.length);
      for (const chunk of [10_007, 65_536]) assert.deepEqual(await outcome(one, one.bytes, chunk), whole);
    });
});

test('a sign of damage in XML is found where a piece of the text ends in it', async () => {
  const row = (name: string): string => `<r><a>${name}</a></r>`;
  for (const sign of ['&#x200b;', '&#xe5;&#xbc;&#xa0;', '寮犱笁'])
    for (let cut = 1; cut < sign.length; cut += 1) {
      const [begin, end] = ['<d><r><a>', '</a></r><r><a>b'];
      const filler = 'x'.repeat(64 * 1024 - cut - begin.length - end.length);
      const text = `${begin}${filler}${end}${sign}c</a></r></d>`;
      const { doubts } = await readAll('xml', bytesOf(text), { rows: '/d/r' });
      const alone = await readAll('xml', bytesOf(`<d>${row(`b${sign}c`)}</d>`), { rows: '/d/r' });
      assert.equal(doubts.length, alone.doubts.length, `${sign}, cut after ${cut}`);
    }
});
