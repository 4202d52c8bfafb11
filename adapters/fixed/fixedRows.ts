import type { CutRecords } from '../mapping/recordCursor.ts';
import type { Cell } from '../reader.ts';
import type { Finisher } from './finisher.ts';

/** Rows whose cells are cut out of their decoded text, and finished, only when somebody asks for them. */
export class FixedRows implements CutRecords {
  readonly length: number;
  readonly text: string;
  private readonly positions: Int32Array;
  private readonly edges: number;
  private readonly edgesOf: readonly (readonly [start: number, end: number])[];
  private readonly finishers: readonly Finisher[];

  /**
   * @param positions text positions of the edges of cells, row by row
   * @param edges how many a row has
   * @param edgesOf for each column, between which of them it lies
   */
  constructor(
    text: string,
    positions: Int32Array,
    edges: number,
    edgesOf: readonly (readonly [start: number, end: number])[],
    finishers: readonly Finisher[],
  ) {
    this.text = text;
    this.positions = positions;
    this.edges = edges;
    this.edgesOf = edgesOf;
    this.finishers = finishers;
    this.length = positions.length / edges;
  }

  start(row: number, column: number): number {
    return this.positions[row * this.edges + (this.edgesOf[column]?.[0] ?? 0)] ?? 0;
  }

  end(row: number, column: number): number {
    return this.positions[row * this.edges + (this.edgesOf[column]?.[1] ?? 0)] ?? 0;
  }

  finish(column: number, raw: string): string | null {
    return this.finishers[column]?.(raw) ?? null;
  }

  at(row: number): Cell[] | undefined {
    if (row < 0 || row >= this.length) return undefined;
    const cells: Cell[] = [];
    for (let column = 0; column < this.edgesOf.length; column += 1)
      cells.push(this.finish(column, this.text.slice(this.start(row, column), this.end(row, column))));
    return cells;
  }

  *[Symbol.iterator](): Generator<Cell[]> {
    for (let row = 0; row < this.length; row += 1) yield this.at(row) ?? [];
  }
}
