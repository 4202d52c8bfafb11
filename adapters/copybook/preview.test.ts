/** The preview shows the records before an error, and positions in the file that the reader reads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf } from '../fixtures/bytes.ts';
import { readHost, sourceOf } from './fixtures/readHost.ts';
import { previewCopybook } from './preview.ts';

const layout = '01 R.\n 05 A PIC X(3).\n';
const optionsOf = (more: object): object => ({ copybook: sourceOf(layout), ...more });

test('the records before an error are shown, with the error', async () => {
  const word = '\0\x03\0\0';
  const bytes = bytesOf(`${word}abc${word}def\0\0\0\0`);
  const options = optionsOf({ encoding: 'ascii', recordFormat: 'V' });
  const { records, stopped } = await previewCopybook(bytes, options, 3);
  assert.deepEqual(
    records.map(({ number, offset, fields }) => [number, offset, fields[0]?.value]),
    [
      [1, 4, 'abc'],
      [2, 11, 'def'],
    ],
  );
  assert.deepEqual([stopped?.code, stopped?.facts['byte']], ['file_framing_wrong', 14]);
});

test('a byte order mark is no part of the first record, as in the reader', async () => {
  const bytes = Buffer.from('\ufeffabc\ndef\n');
  const given = { encoding: 'utf-8', recordFormat: 'D' };
  const { records, stopped } = await previewCopybook(bytesOf(bytes, 1), optionsOf(given), 3);
  assert.equal(stopped, undefined);
  assert.deepEqual(
    records.map(({ offset, hex, fields }) => [offset, hex, fields[0]?.value]),
    [
      [0, '616263', 'abc'],
      [4, '646566', 'def'],
    ],
  );
  assert.deepEqual((await readHost(layout, bytes, given)).records, [{ A: 'abc' }, { A: 'def' }]);
});
