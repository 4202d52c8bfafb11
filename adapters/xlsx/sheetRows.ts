/** Converts the rows of a sheet into records: header, blank and hidden rows, merged cells, and doubts about them. */
import { fill } from '../../terms/bilingual.ts';
import { Problem } from '../../terms/problem.ts';
import { classOfValue, type RowProblem } from '../../terms/rowProblem.ts';
import {
  batchRecords,
  tableBatch,
  type Cell,
  type TableBatch,
  type TableBuilder,
} from '../reading/reader.ts';
import { recordProblem, rowRules, type RowRule } from '../reading/rowRules.ts';
import { cellFault, cellWarning } from '../reading/text/cellFaults.ts';
import { headerDoubt, narrowHeader, headerSampleSize } from '../reading/text/headerDoubt.ts';
import { mayBeMarked, withoutMarks } from '../reading/text/spreadsheetMarks.ts';
import { suspectText } from '../reading/text/textBlock.ts';
import { textDoubt } from '../reading/text/textSigns.ts';
import { CellFault } from './cellReader.ts';
import { columnLetters, isBlank, MergedCells, type CoveredCell, type MergedRange } from './mergedCells.ts';
import type { XlsxOptions } from './options.ts';
import type { RowNotes, RowReceiver } from './sheetCells.ts';
import { columnsShown } from '../reading/text/columnsShown.ts';
import { columnNames, headerText, mergedHeader } from './sheetHeader.ts';

/** Number of blank rows, followed by records, that may divide two tables. */
const blankBlock = 3;

export class SheetRows implements RowReceiver {
  private readonly options: XlsxOptions;
  private readonly headerEnd: number;
  private readonly headers = new Map<number, readonly string[]>();
  private readonly uncomputed: boolean;
  private readonly ranges: readonly MergedRange[];
  private readonly merged: MergedCells;
  private readonly hiddenColumns: { readonly first: number; readonly last: number }[] = [];
  private columns: readonly string[] | undefined;
  private fillDown: ReadonlySet<number> = new Set();
  private batch: TableBuilder = tableBatch([]);
  private handedOn = false;
  /** widths of the first rows that are wider than the header */
  private readonly wider: number[] = [];
  /** the last row read that was not blank */
  private lastFilled = 0;
  private blockFound = false;
  /** later rows have no effect */
  ended = false;

  /** @param uncomputed the results of formulas may be wrong */
  constructor(options: XlsxOptions, ranges: readonly MergedRange[], uncomputed: boolean) {
    this.options = options;
    this.uncomputed = uncomputed;
    this.ranges = ranges;
    this.merged = new MergedCells(ranges);
    this.headerEnd = Math.max(0, ...options.headerRows);
    if (options.headerRows.length === 0 && options.columns !== undefined) this.begin(options.columns);
  }

  get full(): boolean {
    return this.batch.records.length >= batchRecords;
  }

  reportHidden(count: number): void {
    this.batch.warnings.push(recordProblem(0, 'xlsx.hidden-sheets', `${count} sheets`));
  }

  /** @param names of visible sheets with values that are not read */
  reportFurther(names: readonly string[]): void {
    if (names.length === 0) return;
    const sheets = names.join(', ').slice(0, 300);
    this.doubtFile(recordProblem(0, 'xlsx.further-sheets', `${names.length} sheets`, { sheets }));
  }

  hideColumns(first: number, last: number): void {
    this.hiddenColumns.push({ first, last });
  }

  add(row: number, cells: (Cell | CellFault)[], notes: RowNotes): void {
    if (row <= this.headerEnd) {
      if (this.options.headerRows.includes(row)) this.headers.set(row, cells.map(headerText));
      return;
    }
    if (row > (this.options.lastRow ?? Number.POSITIVE_INFINITY)) this.ended = true;
    if (this.ended) return;
    if (row < (this.options.firstRow ?? 0)) {
      this.passBefore(row, cells);
      return;
    }
    const width = cells.findLastIndex((cell) => !isBlank(cell)) + 1;
    if (width === 0) {
      this.batch.skipped += 1;
      return;
    }
    this.lookAtBlanks(row);
    const isSkipped = notes.hidden && this.options.hiddenRows === 'skip';
    if (isSkipped) {
      // its value may be that of merged cells below it
      this.merged.row(row, cells, this.columns?.length ?? width);
      this.batch.skipped += 1;
      return;
    }
    const columns = this.columns ?? this.begin(this.names(width));
    const covered = this.merged.row(row, cells, columns.length);
    // blanks beyond the header are not cells
    cells.length = Math.max(width, Math.min(cells.length, columns.length));
    this.record(row, cells, columns, covered, notes);
  }

  /** A row before the records: its value may be that of merged cells below it. */
  private passBefore(row: number, cells: readonly (Cell | CellFault)[]): void {
    const header = this.options.columns ?? this.headers.get(this.headerEnd) ?? [];
    this.merged.row(row, cells, Math.max(header.length, cells.length));
  }

  take(): TableBatch {
    const full = this.batch;
    this.batch = tableBatch(this.columns ?? []);
    if (!this.handedOn) this.lookAtHeader(full);
    this.handedOn = true;
    return full;
  }

  last(): TableBatch {
    if (this.columns === undefined) this.begin(this.names(0));
    return this.take();
  }

  /** A header of the sheet itself is compared with the first rows. */
  private lookAtHeader(batch: TableBuilder): void {
    const { columns = [], headerEnd, options } = this;
    if (headerEnd === 0 || options.columns !== undefined) return;
    const problem =
      batch.records.length === 0
        ? narrowHeader(columns.length, this.wider, headerEnd)
        : headerDoubt(columns, batch.records.slice(0, headerSampleSize), headerEnd);
    if (problem !== undefined) batch.doubts.push({ record: 'file', problem });
  }

  /** Reports a block of blank rows between records as a doubt, once. */
  private lookAtBlanks(row: number): void {
    const first = this.lastFilled + 1;
    if (this.lastFilled > 0 && row - first >= blankBlock && !this.blockFound) {
      this.blockFound = true;
      const { lastRow, blankRows } = this.options;
      if (blankRows === 'doubt' && lastRow === undefined) {
        const got = `${row - first} blank rows`;
        this.doubtFile(recordProblem(row, 'xlsx.blank-block', got, { first, last: row - 1 }));
      }
    }
    this.lastFilled = row;
  }

  private record(
    row: number,
    read: (Cell | CellFault)[],
    columns: readonly string[],
    covered: readonly CoveredCell[],
    notes: RowNotes,
  ): void {
    if (read.length > columns.length) {
      if (this.wider.length < headerSampleSize) this.wider.push(read.length);
      this.batch.bad.push({
        line: row,
        problems: [recordProblem(row, 'xlsx.wide', `${read.length} cells`)],
        raw: read.map(asRead),
      });
      return;
    }
    while (read.length < columns.length) read.push(null);
    const unfilled = covered.length === 0 ? covered : this.filled(read, covered);
    const problems: RowProblem[] = [];
    const doubts: RowProblem[] = [];
    const cells: Cell[] = [];
    for (const [index, cell] of read.entries()) {
      if (cell instanceof CellFault) {
        const got = cell.raw === '' ? 'empty' : classOfValue(cell.raw, false);
        problems.push(this.problem(row, index, cell.rule, got));
        cells.push(cell.raw);
      } else if (typeof cell === 'string') {
        const text = mayBeMarked(cell) ? this.unmarked(row, index, cell) : cell;
        if (suspectText(text)) this.look(row, index, text, problems, doubts);
        cells.push(text);
      } else cells.push(cell);
    }
    if (problems.length > 0) {
      this.batch.bad.push({ line: row, problems, raw: cells });
      return;
    }
    for (const problem of doubts) this.doubt(problem);
    if (repeats(this.headers.get(this.headerEnd), cells))
      this.doubt(recordProblem(row, 'header.repeated', `${cells.length} cells`));
    for (const { column } of unfilled) this.doubt(this.problem(row, column, 'xlsx.merged', 'empty'));
    this.lookAtNotes(row, cells, notes);
    this.batch.records.push(cells);
    this.batch.lines.push(row);
  }

  private lookAtNotes(row: number, cells: readonly Cell[], { formulas, doubts, hidden }: RowNotes): void {
    const { hiddenRows, scaledNumbers } = this.options;
    const got = (column: number): string => classOfValue(cells[column], false);
    if (this.uncomputed)
      for (const column of formulas) this.doubt(this.problem(row, column, 'xlsx.formula-stale', got(column)));
    for (const { column, rule } of doubts)
      if (rule !== 'xlsx.scaled' || scaledNumbers === 'doubt')
        this.doubt(this.problem(row, column, rule, got(column)));
    if (hidden && hiddenRows === 'doubt') this.doubt(recordProblem(row, 'xlsx.hidden-row', 'hidden row'));
  }

  /** Puts values into merged cells of the columns that are filled down. @returns the cells that remain empty */
  private filled(read: (Cell | CellFault)[], covered: readonly CoveredCell[]): readonly CoveredCell[] {
    return covered.filter(({ column, value, down }) => {
      if (!down || !this.fillDown.has(column)) return true;
      read[column] = value;
      return false;
    });
  }

  /** A text without the marks that make a spreadsheet show it as text. */
  private unmarked(row: number, index: number, cell: string): string {
    const text = this.options.spreadsheetMarks === 'keep' ? cell : withoutMarks(cell);
    if (text !== cell)
      this.batch.warnings.push(this.problem(row, index, 'spreadsheet.mark', classOfValue(cell, false)));
    return text;
  }

  private look(row: number, index: number, cell: string, problems: RowProblem[], doubts: RowProblem[]): void {
    const place = { line: row, column: index + 1, header: this.columns?.[index] ?? '' };
    const fault = cellFault(cell, place, false);
    if (fault !== undefined) problems.push(fault);
    const warning = cellWarning(cell, place);
    if (warning !== undefined) this.batch.warnings.push(warning);
    const doubt = textDoubt(cell, place);
    if (doubt !== undefined) doubts.push(doubt);
  }

  /** A doubt about the record that is added next. */
  private doubt(problem: RowProblem): void {
    this.batch.doubts.push({ record: this.batch.records.length, problem });
  }

  private doubtFile(problem: RowProblem): void {
    this.batch.doubts.push({ record: 'file', problem });
  }

  private problem(row: number, index: number, rule: RowRule, got: string): RowProblem {
    const header = this.columns?.[index] ?? '';
    return { line: row, column: index + 1, header, field: '', rule, got, message: rowRules[rule] };
  }

  private names(width: number): readonly string[] {
    return this.options.columns ?? columnNames(this.options.headerRows, this.headers, width);
  }

  private begin(columns: readonly string[]): readonly string[] {
    this.columns = columns;
    this.fillDown = new Set(
      (this.options.fillDown ?? []).map((name) => {
        const index = columns.indexOf(name);
        if (index < 0)
          throw new Problem('mapping_column_missing', {
            columns: name,
            found: columnsShown(columns),
          });
        return index;
      }),
    );
    this.batch = { ...this.batch, columns };
    const merged = mergedHeader(this.ranges, this.options);
    if (merged !== undefined) this.doubtFile(merged);
    this.lookAtHiddenColumns(columns);
    return columns;
  }

  /** One doubt a column: it affects only mappings that read the column. */
  private lookAtHiddenColumns(columns: readonly string[]): void {
    if (this.options.hiddenColumns === 'read') return;
    for (const { first, last } of this.hiddenColumns)
      for (let index = first; index <= last && index < columns.length; index += 1) {
        if (columns[index]?.trim() === '') continue;
        const message = fill(rowRules['xlsx.hidden-column'], { column: columnLetters(index) });
        this.doubtFile({ ...this.problem(0, index, 'xlsx.hidden-column', 'hidden column'), message });
      }
  }
}

/** Whether a record repeats the last row of the header. Numbers alone may be a record that was mistaken for the header. */
const repeats = (header: readonly string[] | undefined, cells: readonly Cell[]): boolean =>
  header !== undefined &&
  headerText(cells[0]) === header[0] &&
  !header.every((name) => /^[\d.,:/Xx -]*$/.test(name)) &&
  cells.every((cell, index) => headerText(cell) === (header[index] ?? ''));

const asRead = (cell: Cell | CellFault): Cell => (cell instanceof CellFault ? cell.raw : cell);
