/** Reads which cells of a sheet are merged. They are listed after the rows, so a sheet that has any is read once for them alone. */
import { Problem } from '../../terms/problem.ts';
import type { Cell } from '../reading/reader.ts';
import type { CellFault } from './cellReader.ts';
import { partText } from './readPart.ts';
import { maxColumns } from './sheetCells.ts';
import type { ZipEntry } from './zipGuard.ts';

/** Rows from 1, columns from 0. */
export interface MergedRange {
  readonly first: number;
  readonly last: number;
  readonly left: number;
  readonly right: number;
}

const merged =
  /<(?:\w{1,60}:)?mergeCell\s[^<>]{0,400}?\bref\s{0,9}=\s{0,9}["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']/g;
const maxTag = 1_000;
const maxRanges = 200_000;

/** In the order of the sheet. @throws Problem xlsx_damaged, file_limit_exceeded */
export async function mergedRanges(sheet: ZipEntry): Promise<readonly MergedRange[]> {
  const ranges: MergedRange[] = [];
  /** row → number of columns of the ranges that begin in it */
  const columnsByRow = new Map<number, number>();
  let rest = '';
  for await (const text of partText(sheet)) {
    const held = rest + text;
    let done = 0;
    for (const found of held.matchAll(merged)) {
      const [whole, from = '', first, to = '', last] = found;
      done = found.index + whole.length;
      const range = { first: Number(first), last: Number(last), left: columnOf(from), right: columnOf(to) };
      if (range.last < range.first || range.right < range.left) continue;
      if (ranges.push(range) > maxRanges)
        throw new Problem('file_limit_exceeded', { place: 'xlsx', what: 'merged ranges', limit: maxRanges });
      const columns = (columnsByRow.get(range.first) ?? 0) + range.right - range.left + 1;
      // ranges of one row that overlap would each be read over all their columns
      if (columns > maxColumns) throw overlapping(range.first);
      columnsByRow.set(range.first, columns);
    }
    rest = held.slice(Math.max(done, held.length - maxTag));
  }
  return ranges;
}

const overlapping = (row: number): Problem =>
  new Problem('xlsx_damaged', {
    what: { zh: `第 ${row} 行的合并单元格重叠`, en: `merged cells overlap in row ${row}` },
  });

const columnOf = (letters: string): number =>
  [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;

/** `A`, `Z`, `AA` … of a column, from 0. */
export function columnLetters(column: number): string {
  const last = String.fromCharCode(65 + (column % 26));
  return column < 26 ? last : `${columnLetters(Math.floor(column / 26) - 1)}${last}`;
}

/** A cell without a value that is merged with one that has a value. */
export interface CoveredCell {
  readonly column: number;
  readonly value: Cell | CellFault;
  /** the value belongs to its own column, further up */
  readonly down: boolean;
}

/** Tracks the merged ranges of a sheet row by row. Where ranges of one column overlap, the one that began last applies. */
export class MergedCells {
  private readonly byFirst = new Map<number, MergedRange[]>();
  /** by column */
  private readonly open = new Map<
    number,
    { readonly range: MergedRange; readonly value: Cell | CellFault }
  >();

  constructor(ranges: readonly MergedRange[]) {
    for (const range of ranges) {
      const others = this.byFirst.get(range.first);
      if (others === undefined) this.byFirst.set(range.first, [range]);
      else others.push(range);
    }
  }

  /**
   * Rows must be passed in order.
   * @param width number of columns read
   */
  row(row: number, cells: readonly (Cell | CellFault)[], width: number): readonly CoveredCell[] {
    for (const range of this.byFirst.get(row) ?? []) {
      const value = cells[range.left];
      for (let column = range.left; column <= range.right && column < width; column += 1)
        this.open.set(column, { range, value });
    }
    if (this.open.size === 0) return none;
    const covered: CoveredCell[] = [];
    for (const [column, { range, value }] of this.open) {
      if (row > range.last) this.open.delete(column);
      else if (column < width && isBlank(cells[column]) && !isBlank(value))
        covered.push({ column, value, down: column === range.left });
    }
    return covered;
  }
}

const none: readonly CoveredCell[] = [];

export const isBlank = (cell: Cell | CellFault): boolean =>
  cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');
