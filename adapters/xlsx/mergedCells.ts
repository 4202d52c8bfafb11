/** Which cells of a sheet are merged downwards. They are listed behind the rows, so the sheet is gone through once for them alone. */
import { partText } from './readPart.ts';
import type { ZipEntry } from './zipGuard.ts';

/** For each column, from 0: the rows of its merged stretches, first → last. */
export type MergedRows = ReadonlyMap<number, ReadonlyMap<number, number>>;

const merged = /<(?:\w+:)?mergeCell\s[^>]*?\bref\s*=\s*["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']/g;
const longestTag = 1_000;

/** A stretch over several columns counts for its first. @throws Problem xlsx_damaged */
export async function mergedRows(sheet: ZipEntry): Promise<MergedRows> {
  const columns = new Map<number, Map<number, number>>();
  let rest = '';
  for await (const text of partText(sheet)) {
    const held = rest + text;
    let done = 0;
    for (const found of held.matchAll(merged)) {
      const [whole, letters = '', first, , last] = found;
      done = found.index + whole.length;
      if (Number(last) <= Number(first)) continue;
      const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
      const rows = columns.get(column) ?? new Map<number, number>();
      columns.set(column, rows.set(Number(first), Number(last)));
    }
    rest = held.slice(Math.max(done, held.length - longestTag));
  }
  return columns;
}
