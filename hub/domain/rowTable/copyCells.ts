import { CopyLines } from './copyLines.ts';
import type { Layout } from './layout.ts';

const [tab, newline] = [9, 10];

/** The cell of a field that is absent or null. No text is written so: a backslash is doubled. */
export const emptyCell = '\\N';

/**
 * Cells of some columns of the lines that CopyLines writes: as written, so that two of them are equal where their values are. They are for
 * comparing, not for reading: a byte is a character, escapes stand.
 */
export class CopyCells {
  private readonly layout: Layout;
  private readonly fields: readonly string[];
  /** places of the columns, ascending */
  private readonly places: readonly number[];

  /** @param fields of the layout */
  constructor(layout: Layout, fields: readonly string[]) {
    this.layout = layout;
    this.places = layout.columns.flatMap(({ field }, place) => (fields.includes(field) ? place : []));
    this.fields = this.places.map((place) => layout.columns[place]?.field ?? '');
  }

  /** Goes through lines. @param told the cells of each, in the order of the layout */
  each(text: Uint8Array, told: (cells: readonly string[], line: number) => void): void {
    const bytes = Buffer.from(text.buffer, text.byteOffset, text.length);
    let line = 0;
    for (let start = 0; start < bytes.length; line += 1) {
      const cells: string[] = [];
      let [place, at] = [0, start];
      for (const wanted of this.places) {
        for (; place < wanted; place += 1) at = bytes.indexOf(tab, at) + 1;
        const end = bytes.indexOf(tab, at);
        cells.push(bytes.toString('latin1', at, end));
        [place, at] = [place + 1, end + 1];
      }
      start = bytes.indexOf(newline, at) + 1;
      told(cells, line);
    }
  }

  /** Cells as they would stand in a line with these values; undefined where no line can hold them. */
  of(values: Readonly<Record<string, unknown>>): readonly string[] | undefined {
    const lines = new CopyLines(this.layout, this.fields);
    const given = this.fields.map((field) => values[field]);
    if (!lines.add(given, 0, undefined)) return undefined;
    let found: readonly string[] | undefined;
    this.each(lines.added.subarray(0, lines.length), (cells) => {
      found = cells;
    });
    return found;
  }
}
