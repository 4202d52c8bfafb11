import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { bytesOf } from '../../fixtures/bytes.ts';
import { readAll } from '../../fixtures/readAll.ts';
import { decoderOf } from './decoder.ts';
import { encodingLabels, encodingOf } from './encodings.ts';
import { nonEmpty } from '../../../tests/nonEmpty.ts';

describe('windows-1252', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);

  test('every byte, as a decoder of streams has it', () => {
    const platform = new TextDecoder('windows-1252').decode(bytes, { stream: true });
    for (const fatal of [true, false]) assert.equal(decoderOf('windows-1252', fatal).decode(bytes), platform);
    assert.equal(decoderOf('windows-1252', true).decode(Buffer.from([0xff, 0x80, 0x99])), 'ÿ€™');
  });

  test('in tables: the first letter and the euro sign', async () => {
    const file = Buffer.concat([
      Buffer.from([0xff]),
      Buffer.from(';'),
      Buffer.from([0x80]),
      Buffer.from('1\n'),
    ]);
    for (const encoding of ['latin1', 'iso-8859-1', 'windows-1252']) {
      const csv = await readAll('csv', bytesOf(file), {
        encoding,
        separator: ';',
        headerRows: [],
        columns: ['a', 'b'],
      });
      assert.deepEqual(csv.records, [['ÿ', '€1']]);
      const columns = [
        { name: 'a', start: 0, length: 1 },
        { name: 'b', start: 2, length: 2 },
      ];
      assert.deepEqual((await readAll('fixed', bytesOf(file), { encoding, columns })).records, [['ÿ', '€1']]);
    }
  });
});

test('every other encoding decodes whole texts and streams alike', () => {
  for (const label of nonEmpty(encodingLabels)) {
    const encoding = encodingOf(label);
    if (encoding.startsWith('utf-16')) continue;
    const text = decoderOf(encoding, false).decode(Uint8Array.from({ length: 256 }, (_, i) => 255 - i));
    const stream = new TextDecoder(encoding, { ignoreBOM: true });
    const pieces = Array.from({ length: 256 }, (_, i) =>
      stream.decode(Uint8Array.of(255 - i), { stream: true }),
    );
    assert.equal(text, pieces.join('') + stream.decode(), label);
  }
});
