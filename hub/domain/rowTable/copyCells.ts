import { CopyTuples, lengthBytes } from './copyTuples.ts';
import type { Layout } from './layout.ts';

/** A cell as it was written, a character for each byte; undefined for a field that is absent or null. */
export type CopyCell = string | undefined;

/**
 * Cells of some columns of the tuples that CopyTuples writes: as written, so that two of them are equal where their values are. They are
 * for comparing, not for reading.
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

  /** Goes through tuples. @param told the cells of each, in the order of the layout, and which of the tuples it is */
  each(tuples: Uint8Array, told: (cells: readonly CopyCell[], nth: number) => void): void {
    const bytes = Buffer.from(tuples.buffer, tuples.byteOffset, tuples.length);
    let at = 0;
    for (let nth = 0; at < bytes.length; nth += 1) {
      const cells: CopyCell[] = [];
      const count = bytes.readInt16BE(at);
      at += 2;
      for (let place = 0; place < count; place += 1) {
        const length = bytes.readInt32BE(at);
        at += lengthBytes;
        const end = at + Math.max(0, length);
        if (place === this.places[cells.length])
          cells.push(length < 0 ? undefined : bytes.toString('latin1', at, end));
        at = end;
      }
      told(cells, nth);
    }
  }

  /** Cells as they would stand in a tuple with these values; undefined where none can hold them. */
  of(values: Readonly<Record<string, unknown>>): readonly CopyCell[] | undefined {
    const tuples = new CopyTuples(this.layout, this.fields);
    const given = this.fields.map((field) => values[field]);
    if (!tuples.add(given, 0, undefined)) return undefined;
    let found: readonly CopyCell[] | undefined;
    this.each(tuples.added.subarray(0, tuples.size), (cells) => {
      found = cells;
    });
    return found;
  }
}
