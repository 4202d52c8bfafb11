/**
 * Stores a stream: its request, every verified byte, and the receipt of its end. The folder can be verified later without the hub:
 *
 *   <exchange id>/request.http, signing-key.json   as `saveExchange` writes them
 *   <exchange id>/records.ndjson   all bytes before the last line: the end's entry commits to their SHA-256
 *   <exchange id>/receipt.json     of the end
 *
 *   datong audit receipt verify receipt.json --anchors anchors.json --request request.http --reply records.ndjson
 */
import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requestBytes } from '../../certs/signatures/index.ts';
import { exchangeId } from '../../terms/ids.ts';
import { receiptJson } from './storedExchange.ts';
import type { RecordStream, StreamPart } from './recordStream.ts';

/**
 * Reads a stream to its end and writes it below a folder, readable by its owner alone. One part at a time is in memory.
 * @param written called with each part once it is written
 * @returns the folder of this exchange
 */
export async function saveStream(
  folder: string,
  stream: RecordStream,
  written: (part: StreamPart) => Promise<void> | void = () => undefined,
): Promise<string> {
  const place = join(folder, exchangeId(stream.exchange));
  await mkdir(place, { recursive: true, mode: 0o700 });
  const mode = { mode: 0o600 };
  await writeFile(join(place, 'request.http'), requestBytes(stream.request), mode);
  await writeFile(join(place, 'signing-key.json'), `${JSON.stringify(stream.signingKey, null, 2)}\n`, mode);
  const records = await open(join(place, 'records.ndjson'), 'w', 0o600);
  try {
    for await (const part of stream) {
      await records.writeFile(part.bytes);
      await written(part);
    }
  } finally {
    await records.close();
  }
  await writeFile(join(place, 'receipt.json'), receiptJson(stream.end.receipt), mode);
  return place;
}
