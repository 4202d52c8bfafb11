/** Consecutive rows, and the exceptions among them. */
interface Range {
  readonly row: number;
  readonly line: number;
  /** number of its last row */
  readonly last: number;
  /** repeated pairs: how many more rows follow each other, then the distance to the next row and its line; numbers of 7 bits a byte */
  readonly steps: Uint8Array;
}

const none = new Uint8Array(0);

/**
 * The physical lines of a file's rows. Nearly always the next row is on the next line. Only exceptions are stored, with about three bytes
 * each, so a file of any length takes almost no memory.
 */
export class LinesOfRows {
  private readonly stretches: Range[] = [];

  /** @param rows their numbers, ascending and above all earlier ones @param lines as many */
  add(rows: Float64Array, lines: Uint32Array): void {
    const [row, line] = [rows[0], lines[0]];
    if (row === undefined || line === undefined) return;
    const steps: number[] = [];
    const put = (number: number): void => {
      let left = number;
      for (; left > 127; left = Math.floor(left / 128)) steps.push(128 + (left % 128));
      steps.push(left);
    };
    let [run, lastRow, lastLine] = [0, row, line];
    for (let i = 1; i < rows.length; i += 1) {
      const [nextRow = 0, nextLine = 0] = [rows[i], lines[i]];
      if (nextRow === lastRow + 1 && nextLine === lastLine + 1) run += 1;
      else {
        put(run);
        put(nextRow - lastRow);
        put(nextLine - lastLine);
        run = 0;
      }
      lastRow = nextRow;
      lastLine = nextLine;
    }
    const last = this.stretches.at(-1);
    const follows =
      last !== undefined &&
      last.row - row === last.line - line &&
      last.last + 1 === row &&
      last.steps === none;
    if (follows && steps.length === 0) this.stretches[this.stretches.length - 1] = { ...last, last: lastRow };
    else
      this.stretches.push({
        row,
        line,
        last: lastRow,
        steps: steps.length === 0 ? none : Uint8Array.from(steps),
      });
  }

  /** The line of a row; 0 for one that was not written. */
  of(row: number): number {
    let [low, high] = [0, this.stretches.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.stretches[middle]?.last ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    const range = this.stretches[low];
    return range === undefined || row < range.row ? 0 : within(range, row);
  }
}

function within({ row: first, line: firstLine, last, steps }: Range, row: number): number {
  let [at, begin, line] = [0, first, firstLine];
  const next = (): number => {
    let [number, scale] = [0, 1];
    for (;;) {
      const byte = steps[at] ?? 0;
      at += 1;
      number += (byte & 127) * scale;
      if (byte < 128) return number;
      scale *= 128;
    }
  };
  while (at < steps.length) {
    const run = next();
    if (row <= begin + run) return line + row - begin;
    begin += run;
    line += run;
    begin += next();
    line += next();
    if (row < begin) return 0;
  }
  return row <= last ? line + row - begin : 0;
}
