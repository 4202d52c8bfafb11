import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { Problem } from '../terms/problem.ts';
import { encodeGb18030 } from '../terms/gb18030.ts';
import { formatNamed, readRecords } from './formats.ts';
import { withLikelyFormat } from './lookalike.ts';

const chinese = '许可证编号,经营者名称\nJY1,云栖饭店\nJY2,东溪面馆\n';
const utf8 = Buffer.from(chinese);
const gb18030 = encodeGb18030(chinese);
const folder = join(import.meta.dirname, '../tests/data/xlsx');
const workbook = readFileSync(join(folder, readdirSync(folder).find((name) => name.endsWith('.xlsx')) ?? ''));
const oldWorkbook = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);

/** What is reported of a file in addition to its refusal; '' for nothing. */
async function reportOf(file: Uint8Array, format: string, options: object): Promise<string> {
  // in small chunks: the check may need more than one chunk
  const pieces = Array.from({ length: Math.ceil(file.length / 7) }, (_, index) =>
    file.subarray(index * 7, index * 7 + 7),
  );
  const chunks = Readable.from(pieces) as AsyncIterable<Uint8Array>;
  const read = withLikelyFormat(chunks, { format, options }, (bytes) =>
    readRecords(formatNamed(format), bytes, options),
  );
  try {
    for await (const batch of read) assert.ok(batch);
  } catch (error) {
    assert.ok(error instanceof Problem, String(error));
    const findings = (error.extras.findings ?? []) as { code: string; message: { zh: string; en: string } }[];
    return findings.map(({ code, message }) => `${code}: ${message.en} ${message.zh}`).join();
  }
  return 'no refusal';
}

test('a file in another encoding is reported as one of that encoding', async () => {
  assert.match(await reportOf(utf8, 'csv', { encoding: 'gb18030' }), /looks like UTF-8: .*看起来是 UTF-8/);
  assert.match(await reportOf(gb18030, 'csv', { encoding: 'utf-8' }), /looks like GB18030: .*gb18030/);
});

test('headings in ASCII hide nothing: rows in UTF-8 that are read as GB18030 are no bad rows one by one', async () => {
  const plain = Buffer.from('permit_no,holder\nJY1,云栖饭店\nJY2,东溪面馆\n');
  assert.match(await reportOf(plain, 'csv', { encoding: 'gb18030' }), /looks like UTF-8: .*看起来是 UTF-8/);
  assert.equal(await reportOf(encodeGb18030(plain.toString()), 'csv', { encoding: 'gb18030' }), 'no refusal');
  // two characters of two bytes prove nothing
  const accident = Buffer.from('permit_no,holder\nJY1,é\n');
  assert.equal(await reportOf(accident, 'csv', { encoding: 'gb18030' }), 'no refusal');
});

test('a file of another format is said to be that one', async () => {
  assert.match(
    await reportOf(workbook, 'csv', { encoding: 'utf-8' }),
    /this is xlsx, not csv: .*这是 xlsx 文件/,
  );
  assert.match(await reportOf(utf8, 'xlsx', {}), /this is csv, not xlsx/);
  const json = Buffer.from('{"permit":1}\n');
  assert.match(await reportOf(json, 'xlsx', {}), /this is json, not xlsx/);
  assert.match(await reportOf(oldWorkbook, 'xlsx', {}), /old \.xls/);
});

test('nothing is said where the bytes prove nothing, or the format and encoding are as declared', async () => {
  const broken = Buffer.concat([gb18030, Buffer.from([0xff, 0x0a])]);
  assert.equal(
    await reportOf(Buffer.concat([utf8, Buffer.alloc(1)]), 'csv', { encoding: 'utf-8' }),
    'no refusal',
  );
  assert.equal(await reportOf(broken.subarray(0, 5), 'csv', { encoding: 'gb18030' }), '');
  assert.equal(await reportOf(Buffer.alloc(0), 'csv', { encoding: 'utf-8' }), '');
});

test('what another document is to blame for is left as it is', async () => {
  const cause = new Problem('sealed_bytes_damaged');
  const failing = withLikelyFormat(
    [workbook] as never,
    { format: 'csv', options: {} },
    async function* (bytes) {
      for await (const chunk of bytes) yield chunk;
      throw cause;
    },
  );
  await assert.rejects(
    async () => {
      for await (const chunk of failing) assert.ok(chunk);
    },
    (error) => error === cause,
  );
});
