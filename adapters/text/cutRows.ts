import type { CutRecords } from '../mapping/recordCursor.ts';

/** The text of one cell. @param quote the mark that stands doubled in a quoted cell, and nowhere else; '' for none */
export const undoubled = (raw: string, quote: string): string =>
  quote !== '' && raw.includes(quote) ? raw.replaceAll(quote + quote, quote) : raw;

/** What rows are made of, as it can be sent to another thread. */
export type CutParts = Pick<CutRows, 'text' | 'quote' | 'places' | 'width'>;

/**
 * Rows of cells that all lie in one decoded text. Only their places are kept; a row's texts are cut out when somebody asks for them,
 * so that columns nobody maps and rows nobody keeps cost nothing.
 */
export class CutRows implements CutRecords {
  readonly length: number;
  readonly text: string;
  readonly quote: string;
  readonly places: Int32Array;
  readonly width: number;

  /** @param places start and end of each cell, row by row @param width cells a row */
  constructor(text: string, quote: string, places: Int32Array, width: number) {
    this.text = text;
    this.quote = quote;
    this.places = places;
    this.width = width;
    this.length = width === 0 ? 0 : places.length / (width * 2);
  }

  start(row: number, column: number): number {
    return this.places[(row * this.width + column) * 2] ?? 0;
  }

  end(row: number, column: number): number {
    return this.places[(row * this.width + column) * 2 + 1] ?? 0;
  }

  finish(_column: number, raw: string): string {
    return undoubled(raw, this.quote);
  }

  at(row: number): string[] | undefined {
    if (row < 0 || row >= this.length) return undefined;
    const cells: string[] = [];
    for (let column = 0; column < this.width; column += 1)
      cells.push(this.finish(column, this.text.slice(this.start(row, column), this.end(row, column))));
    return cells;
  }

  *[Symbol.iterator](): Generator<string[]> {
    for (let row = 0; row < this.length; row += 1) yield this.at(row) ?? [];
  }
}

/** A growing list of places, two numbers a cell. */
export class CellPlaces {
  numbers = new Int32Array(4096);
  /** numbers in use */
  used = 0;

  push(start: number, end: number): void {
    if (this.used + 2 > this.numbers.length) {
      const larger = new Int32Array(this.numbers.length * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[this.used] = start;
    this.numbers[this.used + 1] = end;
    this.used += 2;
  }

  /** A copy of all of them. */
  taken(): Int32Array {
    return this.numbers.slice(0, this.used);
  }
}
