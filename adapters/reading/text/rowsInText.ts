import type { Cell, Records } from '../reader.ts';

/**
 * Rows of a table whose cells are ranges in one decoded text. A row's texts are extracted on request, so that unmapped columns and
 * discarded rows cost nothing.
 */
export abstract class RowsInText implements Records<readonly Cell[]> {
  readonly text: string;
  readonly length: number;
  private readonly width: number;

  /** @param length rows @param width cells a row */
  constructor(text: string, length: number, width: number) {
    this.text = text;
    this.length = length;
    this.width = width;
  }

  /** Start and end of a cell in the text; both indexes count from 0. */
  abstract start(row: number, column: number): number;
  abstract end(row: number, column: number): number;

  /** Value of a cell of the column, from its raw text: the same for the same text. */
  abstract finish(column: number, raw: string): string | null;

  /** Cells that a row has in the text: as many as its table, unless rows may be shorter. */
  protected widthOf(_row: number): number {
    return this.width;
  }

  at(row: number): (string | null)[] | undefined {
    if (row < 0 || row >= this.length) return undefined;
    const cells: (string | null)[] = [];
    const width = this.widthOf(row);
    for (let column = 0; column < width; column += 1)
      cells.push(this.finish(column, this.text.slice(this.start(row, column), this.end(row, column))));
    return cells;
  }

  *[Symbol.iterator](): Generator<(string | null)[]> {
    for (let row = 0; row < this.length; row += 1) yield this.at(row) ?? [];
  }
}
