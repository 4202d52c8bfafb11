import { decoderOf, type Decoder } from './decoder.ts';

/** Converts a text to a cell. @param valid false: U+FFFD in the text represents bytes that could not be decoded @param cells where it is written */
type Finish = (text: string, column: number, valid: boolean, cells: readonly unknown[]) => unknown;

/** Cells with bytes that could not be decoded. A U+FFFD of other cells was written by their source. */
export class UndecodableCells {
  private readonly columns = new Map<readonly unknown[], Set<number>>();

  add(cells: readonly unknown[], column: number): void {
    const known = this.columns.get(cells) ?? new Set();
    this.columns.set(cells, known.add(column));
  }

  /** @param index of the cell; the cells of a list are noted with their list */
  has(cells: readonly unknown[], index: number): boolean {
    const cell = cells[index];
    return this.columns.get(cells)?.has(index) === true || (Array.isArray(cell) && this.columns.has(cell));
  }

  clear(): void {
    this.columns.clear();
  }
}

/**
 * Decodes many short byte ranges at the cost of one: they are copied with line ends between them and decoded together. Where that fails (a
 * character cut in two), each range is decoded alone.
 */
export class CellDecoder {
  private readonly encoding: string;
  private readonly fatal: Decoder;
  private scratch = Buffer.allocUnsafe(65_536);
  private used = 0;
  private readonly ends: number[] = [];
  private readonly targets: { readonly cells: unknown[]; readonly index: number; readonly column: number }[] =
    [];

  constructor(encoding: string) {
    this.encoding = encoding;
    this.fatal = decoderOf(encoding, true);
  }

  /** Records that `cells[index]`, of this column, will receive the text of these bytes. */
  add(bytes: Buffer, start: number, end: number, cells: unknown[], index: number, column = index): void {
    const length = end - start;
    if (this.used + length + 1 > this.scratch.length) this.grow(length);
    bytes.copy(this.scratch, this.used, start, end);
    this.used += length;
    this.ends.push(this.used);
    this.scratch[this.used] = 10;
    this.used += 1;
    this.targets.push({ cells, index, column });
  }

  /** Writes the texts to their cells. */
  flush(finish: Finish): void {
    if (this.targets.length === 0) return;
    const texts = this.together();
    for (const [i, { cells, index, column }] of this.targets.entries()) {
      const text = texts?.[i];
      cells[index] =
        text === undefined ? this.alone(i, finish, column, cells) : finish(text, column, true, cells);
    }
    this.targets.length = 0;
    this.ends.length = 0;
    this.used = 0;
  }

  private together(): string[] | undefined {
    try {
      const texts = this.fatal.decode(this.scratch.subarray(0, this.used)).split('\n');
      return texts.length === this.targets.length + 1 ? texts : undefined;
    } catch {
      return undefined;
    }
  }

  private alone(i: number, finish: Finish, column: number, cells: readonly unknown[]): unknown {
    const start = i === 0 ? 0 : (this.ends[i - 1] ?? 0) + 1;
    const bytes = this.scratch.subarray(start, this.ends[i]);
    try {
      return finish(this.fatal.decode(bytes), column, true, cells);
    } catch {
      return finish(decoderOf(this.encoding, false).decode(bytes), column, false, cells);
    }
  }

  private grow(length: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.scratch.length * 2, this.used + length + 1));
    this.scratch.copy(larger, 0, 0, this.used);
    this.scratch = larger;
  }
}
