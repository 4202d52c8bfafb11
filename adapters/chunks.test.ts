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
      for (let seed = 1; seed <= 12; seed += 1)
        await sameInChunks(one, mutated(one.bytes, seed), `mutation ${seed}`);
    });
});

const limit = 1024;
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');
const x = (length: number): string => 'x'.repeat(length);
const column = { name: 'a', start: 0, length: 2 };
const segment = (length: number): string => `NTE|1||${x(length - 7)}`;
const header = 'MSH|^~\\&|A|B|C|D|20240101||ADT^A01|1|P|2.5';

/** A file with a record of a length in units of the limit, by format and options. */
const limited: readonly (readonly [
  name: string,
  format: string,
  options: object,
  file: (length: number) => Buffer,
])[] = [
  ['csv', 'csv', { maxRecordBytes: limit }, (n) => Buffer.from(`a\n1\n${x(n)}\n2\n`)],
  ['csv of CRLF', 'csv', { maxRecordBytes: limit }, (n) => Buffer.from(`a\r\n1\r\n${x(n)}\r\n2\r\n`)],
  [
    'csv of lone CR',
    'csv',
    { maxRecordBytes: limit },
    (n) => Buffer.from(`a\r1\r${x(n)}\r${'2\r'.repeat(limit)}`),
  ],
  ['csv, last line', 'csv', { maxRecordBytes: limit }, (n) => Buffer.from(`a\n1\n${x(n)}`)],
  [
    'csv of UTF-16',
    'csv',
    { maxRecordBytes: limit, encoding: 'utf-16le' },
    (n) => utf16(`a\n1\n${x(n / 2)}\n2\n`),
  ],
  ['fixed', 'fixed', { maxRecordBytes: limit, columns: [column] }, (n) => Buffer.from(`12\n${x(n)}\n12\n`)],
  [
    'fixed, skipped line',
    'fixed',
    { maxRecordBytes: limit, columns: [column], skipLines: 1 },
    (n) => Buffer.from(`${x(n)}\n12\n`),
  ],
  [
    'fixed, records of two lines',
    'fixed',
    { maxRecordBytes: limit, columns: [column], recordLines: 2 },
    (n) => Buffer.from(`12\n\n12\n${x(n - 2)}\n12\n`),
  ],
  [
    'fixed of UTF-16',
    'fixed',
    { maxRecordBytes: limit, columns: [{ ...column, length: 4 }], encoding: 'utf-16le' },
    (n) => utf16(`12\r\n${x(n / 2)}\r\n12\r\n`),
  ],
  [
    'fixed by characters',
    'fixed',
    { maxRecordBytes: limit, columns: [column], unit: 'characters', encoding: 'utf-8' },
    (n) => Buffer.from(`12\n${x(n)}\n12\n`),
  ],
  ['hl7', 'hl7', { maxRecordBytes: limit }, (n) => Buffer.from(`${header}\r${segment(n)}\rNTE|2\r`)],
  [
    'ndjson',
    'json',
    { maxRecordChars: limit },
    (n) => Buffer.from(`{"a":1}\n{"a":"${x(n - 8)}"}\n{"a":2}\n`),
  ],
  ['json', 'json', { maxRecordChars: limit }, (n) => Buffer.from(`[{"a":1},{"a":"${x(n - 8)}"},{"a":2}]`)],
  [
    'xml, text',
    'xml',
    { rows: '/d/r', maxTextChars: limit },
    (n) => Buffer.from(`<d><r><a>1</a></r><r><a>${x(n)}</a></r><r><a>2</a></r></d>`),
  ],
  [
    'xml, comment',
    'xml',
    { rows: '/d/r', maxTextChars: limit },
    (n) => Buffer.from(`<d><r><a>1</a></r><!--${x(n - 7)}--><r><a>2</a></r></d>`),
  ],
  [
    'xml, tag',
    'xml',
    { rows: '/d/r', maxTextChars: limit },
    (n) => Buffer.from(`<d><r><a>1</a></r><r b="${x(n - 9)}"/><r><a>2</a></r></d>`),
  ],
  [
    'xml, record',
    'xml',
    { rows: '/d/r', maxRecordChars: limit },
    (n) => Buffer.from(`<d>${'<r><a>1</a><b>1</b></r>'.repeat(9)}<r><a>${x(n - 1)}</a><b>1</b></r></d>`),
  ],
];

describe('a limit counts the same bytes in chunks of any size', () => {
  for (const [name, format, options, file] of limited)
    test(name, async () => {
      const at = { format, options, bytes: Buffer.alloc(0) };
      for (const length of [limit, limit + 2]) await sameInChunks(at, file(length), `${length}`);
      const within = await outcome(at, file(limit), 7);
      assert.ok(!(within as object).hasOwnProperty('code'), JSON.stringify(within));
      const over = (await outcome(at, file(limit + 2), 7)) as { readonly code?: string };
      assert.match(over.code ?? 'read', /^file_(?:record_too_long|line_over_limit)$/);
    });
});
