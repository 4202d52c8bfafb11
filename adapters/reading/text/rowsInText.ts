import type { Cell, Records } from '../reader.ts';

/**
 * Rows of a table whose cells are places in one decoded text. A row's texts are cut out when somebody asks for them, so that columns
 * nobody maps and rows nobody keeps cost nothing.
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

  /** Where a cell begins, and where it ends, in the text; both numbers count from 0. */
  abstract start(row: number, column: number): number;
  abstract end(row: number, column: number): number;

  /** What a cell of the column holds, from what stands there: the same for the same text. */
  abstract finish(column: number, raw: string): string | null;

  at(row: number): (string | null)[] | undefined {
    if (row < 0 || row >= this.length) return undefined;
    const cells: (string | null)[] = [];
    for (let column = 0; column < this.width; column += 1)
      cells.push(this.finish(column, this.text.slice(this.start(row, column), this.end(row, column))));
    return cells;
  }

  *[Symbol.iterator](): Generator<(string | null)[]> {
    for (let row = 0; row < this.length; row += 1) yield this.at(row) ?? [];
  }
}
