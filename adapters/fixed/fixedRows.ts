/** Rows of fixed width that are cut out of the text of their block. */
import { RowsInText } from '../reading/text/rowsInText.ts';
import type { Finisher } from './finisher.ts';

/** The edges of a row that delimit a cell. */
export type Span = readonly [start: number, end: number];

/** Rows of cells between edges that are the same in every row. */
export class FixedRows extends RowsInText {
  private readonly positions: Int32Array;
  private readonly edges: number;
  private readonly edgesOf: readonly Span[];
  private readonly finishers: readonly Finisher[];

  /**
   * @param positions text positions of the edges of cells, row by row
   * @param edges number of edges in a row
   * @param edgesOf by column
   */
  constructor(
    text: string,
    positions: Int32Array,
    edges: number,
    edgesOf: readonly Span[],
    finishers: readonly Finisher[],
  ) {
    super(text, positions.length / edges, edgesOf.length);
    this.positions = positions;
    this.edges = edges;
    this.edgesOf = edgesOf;
    this.finishers = finishers;
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
}
