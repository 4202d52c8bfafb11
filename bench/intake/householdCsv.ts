/** A GB18030 CSV of the household register, written to disk in pieces. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { encodeGb18030 } from '../../terms/gb18030.ts';
import { cellsOf, csvLine, headers } from '../../clients/cli/demo/files/householdFile.ts';
import { seededRandom, residents } from '../../clients/cli/demo/files/invented.ts';

const atOnce = 5_000;

const same = (cells: readonly string[]): readonly string[] => cells;

export interface Households {
  readonly rows: number;
  /** other people each time: the same bytes again would not be loaded */
  readonly seed: number;
  /** number of people to skip: those of one seed have different numbers, those of two seeds may share some */
  readonly after?: number;
  /** of other cells than a person has */
  readonly changed?: (cells: readonly string[]) => readonly string[];
}

/** @param parts written one after the other */
export async function writeHouseholds(path: string, ...parts: readonly Households[]): Promise<void> {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    await Promise.resolve();
    yield encodeGb18030(csvLine(headers));
    for (const { rows, seed, after = 0, changed = same } of parts) {
      const people = residents(seededRandom(seed));
      for (let passed = 0; passed < after; passed += 1) people.next();
      for (let written = 0; written < rows; written += atOnce) {
        let text = '';
        const more = Math.min(atOnce, rows - written);
        for (let i = 0; i < more; i += 1) text += csvLine(changed(cellsOf(people.next().value)));
        yield encodeGb18030(text);
      }
    }
  }
  await pipeline(chunks, createWriteStream(path));
}
