import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { cellsOf, csvLine, headers } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom, residents } from '../../clients/cli/demo/files/invented.ts';

export type Cells = readonly string[];

/**
 * A GB18030 CSV of invented people, written piece by piece: a million of them in memory would slow the measured code.
 * @param change of each row
 */
export async function writePeople(
  path: string,
  rows: number,
  seed: number,
  change: (cells: Cells) => Cells = (cells) => cells,
): Promise<void> {
  const people = residents(seededRandom(seed));
  function* pieces(): Generator<Uint8Array> {
    yield encodeGb18030(csvLine(headers));
    for (let written = 0; written < rows; written += 5_000) {
      let text = '';
      for (let i = 0; i < 5_000; i += 1) text += csvLine(change(cellsOf(people.next().value)));
      yield encodeGb18030(text);
    }
  }
  await pipeline(Readable.from(pieces()), createWriteStream(path));
}
