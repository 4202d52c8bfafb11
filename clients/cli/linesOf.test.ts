import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { linesOf } from './linesOf.ts';

const read = async (text: string, chunk: number): Promise<readonly string[]> => {
  const bytes = Buffer.from(text, 'utf8');
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, at) =>
    bytes.subarray(at * chunk, (at + 1) * chunk),
  );
  const lines: string[] = [];
  for await (const line of linesOf(Readable.from(chunks, { objectMode: false }))) lines.push(line);
  return lines;
};

test('a line ends at a line feed only, wherever the chunks are cut', async () => {
  const text = '{"note":"荷塘\u2028街\u2029"}\r\n\n{"note":"a\u0085b"}\nlast';
  const expected = ['{"note":"荷塘\u2028街\u2029"}', '', '{"note":"a\u0085b"}', 'last'];
  for (const chunk of [1, 2, 3, 7, 1_000]) assert.deepEqual(await read(text, chunk), expected, String(chunk));
  assert.deepEqual(await read('one\n', 2), ['one']);
  assert.deepEqual(await read('', 2), []);
});
