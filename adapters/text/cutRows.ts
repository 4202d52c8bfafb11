import type { Records } from '../reader.ts';

/**
 * The text of one cell. @param quote the mark that is doubled in a cell whose end is stored as ~end
 * @param places start and end of each cell @param at where those of this cell stand
 */
export function cutCell(text: string, quote: string, places: Int32Array, at: number): string {
  const start = places[at] ?? 0;
  const end = places[at + 1] ?? 0;
  return end >= 0 ? text.slice(start, end) : text.slice(start, ~end).replaceAll(quote + quote, quote);
}

/**
 * Rows of cells that all lie in one decoded text. Only their places are kept; a row's texts are cut out when somebody asks for them,
 * so that columns nobody maps and rows nobody keeps cost nothing.
 */
export class CutRows implements Records<readonly string[]> {
  readonly length: number;
  private readonly text: string;
  private readonly quote: string;
  private readonly places: Int32Array;
  private readonly width: number;

  /** @param places as `cutCell` reads them, row by row @param width cells a row */
  constructor(text: string, quote: string, places: Int32Array, width: number) {
    this.text = text;
    this.quote = quote;
    this.places = places;
    this.width = width;
    this.length = width === 0 ? 0 : places.length / (width * 2);
  }

  /** One cell that exists; both numbers count from 0. */
  cell(row: number, column: number): string {
    return cutCell(this.text, this.quote, this.places, (row * this.width + column) * 2);
  }

  at(row: number): string[] | undefined {
    if (row < 0 || row >= this.length) return undefined;
    const { text, quote, places, width } = this;
    const cells: string[] = [];
    for (let at = row * width * 2; cells.length < width; at += 2)
      cells.push(cutCell(text, quote, places, at));
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
