import { RowsInText } from '../reading/text/rowsInText.ts';

/** The text of one cell. @param quote the mark that is doubled in a quoted cell, and occurs nowhere else; '' for none */
export const undoubled = (raw: string, quote: string): string =>
  quote !== '' && raw.includes(quote) ? raw.replaceAll(quote + quote, quote) : raw;

/** Rows of cells located by a scanner. */
export class CutRows extends RowsInText {
  private readonly quote: string;
  private readonly places: Int32Array;
  private readonly columns: number;

  /** @param places start and end of each cell, row by row @param columns cells a row */
  constructor(text: string, quote: string, places: Int32Array, columns: number) {
    super(text, columns === 0 ? 0 : places.length / (columns * 2), columns);
    this.quote = quote;
    this.places = places;
    this.columns = columns;
  }

  start(row: number, column: number): number {
    return this.places[(row * this.columns + column) * 2] ?? 0;
  }

  end(row: number, column: number): number {
    return this.places[(row * this.columns + column) * 2 + 1] ?? 0;
  }

  finish(_column: number, raw: string): string {
    return undoubled(raw, this.quote);
  }
}

/**
 * Rows that may have fewer cells than the table has columns. Missing cells are empty and take no memory: a header may have more columns
 * than a short row has bytes.
 */
export class FilledRows extends RowsInText {
  private readonly quote: string;
  private readonly places: Int32Array;
  /** where the positions of each row begin in `places`, and where those of the last one end */
  private readonly begins: readonly number[];

  /** @param places start and end of each cell that the text has, row by row @param firsts where those of each row begin */
  constructor(
    text: string,
    quote: string,
    { places, firsts, columns }: { places: Int32Array; firsts: readonly number[]; columns: number },
  ) {
    super(text, firsts.length, columns);
    this.quote = quote;
    this.places = places;
    this.begins = [...firsts, places.length];
  }

  protected override widthOf(row: number): number {
    return ((this.begins[row + 1] ?? 0) - (this.begins[row] ?? 0)) / 2;
  }

  start(row: number, column: number): number {
    return column < this.widthOf(row) ? (this.places[(this.begins[row] ?? 0) + column * 2] ?? 0) : 0;
  }

  end(row: number, column: number): number {
    return column < this.widthOf(row) ? (this.places[(this.begins[row] ?? 0) + column * 2 + 1] ?? 0) : 0;
  }

  finish(_column: number, raw: string): string {
    return undoubled(raw, this.quote);
  }
}

/** A growing list of positions, two numbers a cell. */
export class CellPlaces {
  numbers = new Int32Array(0);
  /** numbers in use */
  used = 0;
  /** whether a consumer now reads the numbers */
  private given = false;

  /**
   * Resets the list, with capacity for the cells that a text of this length holds in most files (six or seven characters each): growing
   * would create as much garbage again.
   */
  begin(characters: number): void {
    this.used = 0;
    const likely = Math.max(256, (characters * 5) >> 4);
    if (!this.given && this.numbers.length >= likely) return;
    this.numbers = new Int32Array(likely);
    this.given = false;
  }

  /**
   * Returns the numbers with spare capacity after them. The caller writes positions there, and sets the number in use when a record is
   * complete.
   */
  grown(): Int32Array<ArrayBuffer> {
    const larger = new Int32Array(Math.max(256, this.numbers.length * 2));
    larger.set(this.numbers);
    this.numbers = larger;
    this.given = false;
    return larger;
  }

  /** Hands all numbers over permanently: the next `begin` uses a new array. */
  taken(): Int32Array {
    this.given = true;
    return this.numbers.subarray(0, this.used);
  }
}
