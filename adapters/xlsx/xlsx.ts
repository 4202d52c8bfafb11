/** Workbooks of Excel and WPS. The rows of one sheet are read piece by piece, after the whole archive has been measured. */
import { fill } from '../../terms/bilingual.ts';
import { headerNames } from '../reading/text/header.ts';
import { Problem } from '../../terms/problem.ts';
import { classOfValue, type RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem, rowRules, type RowRule } from '../reading/rowRules.ts';
import {
  batchRecords,
  tableBatch,
  type Bytes,
  type Cell,
  type Format,
  type TableBatch,
  type TableBuilder,
} from '../reading/reader.ts';
import { cellFault, cellWarning } from '../reading/text/cellFaults.ts';
import { headerDoubt, narrowHeader, recordsLookedAt } from '../reading/text/headerDoubt.ts';
import { suspectText } from '../reading/text/textBlock.ts';
import { CellFault } from './cellReader.ts';
import { mergedRows, type MergedRows } from './mergedCells.ts';
import { numberKinds } from './numberFormats.ts';
import { xlsxOptionsSchema, type XlsxOptions } from './options.ts';
import { readPart } from './readPart.ts';
import { sharedTexts } from './sharedTexts.ts';
import { SheetCells } from './sheetCells.ts';
import { chosenSheet, openWorkbook, refuseOtherFiles } from './workbook.ts';
import { countInflated, zipEntries, type ZipLimits } from './zipGuard.ts';

export const xlsx: Format = {
  name: 'xlsx',
  title: { zh: 'Excel / WPS 工作簿（xlsx）', en: 'Excel and WPS workbooks (xlsx)' },
  optionsSchema: xlsxOptionsSchema,
  read: (bytes, options) => readXlsx(bytes, options as XlsxOptions),
};

/** @throws Problem file_empty, file_limit_exceeded, file_protected, format_refused, xlsx_damaged, xlsx_sheet_missing, file_header_missing */
async function* readXlsx(bytes: Bytes, options: XlsxOptions): AsyncGenerator<TableBatch> {
  const file = await whole(bytes, options.maxFileBytes);
  refuseOtherFiles(file);
  const limits: ZipLimits = { maxInflatedBytes: options.maxInflatedBytes, maxEntries: 1_000, maxRatio: 200 };
  const entries = zipEntries(file, limits);
  const { sheets, texts, styles, date1904, uncomputed } = openWorkbook(entries);
  const { name, part } = chosenSheet(sheets, options);
  await countInflated(entries, limits);
  if (part === undefined)
    throw new Problem('xlsx_damaged', {
      what: fill({ zh: '“{name}”中没有单元格', en: 'no cells in "{name}"' }, { name: name.slice(0, 60) }),
    });
  const merged = options.fillDown === undefined ? undefined : await mergedRows(part);
  const rows = new SheetRows(options, merged ?? new Map());
  if (sheets.some(({ hidden }) => hidden)) rows.tellHidden(sheets.filter(({ hidden }) => hidden).length);
  const meanings = { texts: await sharedTexts(texts), kinds: numberKinds(styles), date1904 };
  const cells = new SheetCells(meanings, (row, values, formulas, hidden) =>
    rows.add(row, values, uncomputed ? formulas : [], hidden),
  );
  for await (const _piece of readPart(part, cells)) {
    if (rows.full) yield rows.take();
    if (rows.ended) break;
  }
  yield rows.last();
}

async function whole(bytes: Bytes, limit: number): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    size += chunk.length;
    if (size > limit) throw new Problem('file_limit_exceeded', { place: 'xlsx', what: 'bytes', limit });
    parts.push(chunk);
  }
  return Buffer.concat(parts, size);
}

class SheetRows {
  private readonly options: XlsxOptions;
  private readonly headerEnd: number;
  private readonly headers = new Map<number, readonly string[]>();
  private columns: readonly string[] | undefined;
  private fillDown: readonly number[] = [];
  private readonly merged: MergedRows;
  /** by column: the merged stretch that began last, with its value */
  private readonly stretches = new Map<number, { readonly last: number; readonly cell: Cell | CellFault }>();
  private batch: TableBuilder = tableBatch([]);
  private handedOn = false;
  /** widths of the first rows that are wider than the header */
  private readonly wider: number[] = [];
  /** no later row can matter */
  ended = false;

  constructor(options: XlsxOptions, merged: MergedRows) {
    this.options = options;
    this.merged = merged;
    this.headerEnd = Math.max(0, ...options.headerRows);
    if (options.headerRows.length === 0 && options.columns !== undefined) this.begin(options.columns);
  }

  get full(): boolean {
    return this.batch.records.length >= batchRecords;
  }

  tellHidden(count: number): void {
    this.batch.warnings.push(recordProblem(0, 'xlsx.hidden-sheets', `${count} sheets`));
  }

  /** @param stale columns, from 0, whose values may not be what they should */
  add(row: number, cells: (Cell | CellFault)[], stale: readonly number[], hidden: boolean): void {
    if (row <= this.headerEnd) {
      if (this.options.headerRows.includes(row)) this.headers.set(row, cells.map(headerText));
      return;
    }
    if (row > (this.options.lastRow ?? Number.POSITIVE_INFINITY)) this.ended = true;
    if (this.ended || row < (this.options.firstRow ?? 0)) return;
    const width = cells.findLastIndex((cell) => !blank(cell)) + 1;
    if (width === 0 || (hidden && this.options.hiddenRows === 'skip')) {
      this.batch.skipped += 1;
      return;
    }
    const columns = this.columns ?? this.begin(this.header(width));
    // blanks beyond the header are no cells
    cells.length = Math.max(width, Math.min(cells.length, columns.length));
    this.record(row, cells, columns, stale, hidden && this.options.hiddenRows === 'doubt');
  }

  take(): TableBatch {
    const full = this.batch;
    this.batch = tableBatch(this.columns ?? []);
    if (!this.handedOn) this.lookAtHeader(full);
    this.handedOn = true;
    return full;
  }

  /** A header of the sheet itself is held against the first rows. */
  private lookAtHeader(batch: TableBuilder): void {
    const { columns = [], headerEnd, options } = this;
    if (headerEnd === 0 || options.columns !== undefined) return;
    const problem =
      batch.records.length === 0
        ? narrowHeader(columns.length, this.wider, headerEnd)
        : headerDoubt(columns, batch.records.slice(0, recordsLookedAt), headerEnd);
    if (problem !== undefined) batch.doubts.push({ record: 'file', problem });
  }

  last(): TableBatch {
    if (this.columns === undefined) this.begin(this.header(0));
    return this.take();
  }

  private record(
    row: number,
    read: (Cell | CellFault)[],
    columns: readonly string[],
    stale: readonly number[],
    unseen: boolean,
  ): void {
    if (read.length > columns.length) {
      if (this.wider.length < recordsLookedAt) this.wider.push(read.length);
      this.batch.bad.push({
        line: row,
        problems: [recordProblem(row, 'xlsx.wide', `${read.length} cells`)],
        raw: read.map(asRead),
      });
      return;
    }
    while (read.length < columns.length) read.push(null);
    for (const column of this.fillDown) read[column] = this.filled(row, column, read[column]);
    const problems: RowProblem[] = [];
    const cells: Cell[] = [];
    for (const [index, cell] of read.entries()) {
      cells.push(asRead(cell));
      if (cell instanceof CellFault) {
        const got = cell.raw === '' ? 'empty' : classOfValue(cell.raw, false);
        problems.push(this.problem(row, index, cell.rule, got));
      } else if (typeof cell === 'string' && suspectText(cell)) this.look(row, index, cell, problems);
    }
    if (problems.length > 0) this.batch.bad.push({ line: row, problems, raw: cells });
    else {
      for (const column of stale) {
        const problem = this.problem(row, column, 'xlsx.formula-stale', classOfValue(cells[column], false));
        this.batch.doubts.push({ record: this.batch.records.length, problem });
      }
      if (unseen) {
        const problem = recordProblem(row, 'xlsx.hidden-row', 'hidden row');
        this.batch.doubts.push({ record: this.batch.records.length, problem });
      }
      this.batch.records.push(cells);
      this.batch.lines.push(row);
    }
  }

  /** The value of a cell, or of the one that it is merged into. */
  private filled(row: number, column: number, cell: Cell | CellFault): Cell | CellFault {
    const last = this.merged.get(column)?.get(row);
    if (last !== undefined) this.stretches.set(column, { last, cell });
    const stretch = this.stretches.get(column);
    return blank(cell) && stretch !== undefined && row <= stretch.last ? stretch.cell : cell;
  }

  private look(row: number, index: number, cell: string, problems: RowProblem[]): void {
    const place = { line: row, column: index + 1, header: this.columns?.[index] ?? '' };
    const fault = cellFault(cell, place, false);
    if (fault !== undefined) problems.push(fault);
    const warning = cellWarning(cell, place);
    if (warning !== undefined) this.batch.warnings.push(warning);
  }

  private problem(row: number, index: number, rule: RowRule, got: string): RowProblem {
    const header = this.columns?.[index] ?? '';
    return { line: row, column: index + 1, header, field: '', rule, got, message: rowRules[rule] };
  }

  private header(width: number): readonly string[] {
    const { columns, headerRows } = this.options;
    if (columns !== undefined) return columns;
    if (headerRows.length === 0) return Array.from({ length: width }, (_, index) => String(index + 1));
    const rows = [...headerRows]
      .sort((a, b) => a - b)
      .map((row) => {
        const cells = this.headers.get(row);
        if (cells === undefined || cells.every(blank))
          throw new Problem('file_header_missing', { line: row });
        return cells;
      });
    const names = headerNames(rows);
    while (names.length > 0 && names[names.length - 1] === '') names.pop();
    return names;
  }

  private begin(columns: readonly string[]): readonly string[] {
    this.columns = columns;
    this.fillDown = (this.options.fillDown ?? []).map((name) => {
      const index = columns.indexOf(name);
      if (index < 0)
        throw new Problem('mapping_column_missing', {
          columns: name,
          found: columns.slice(0, 60).join(', '),
        });
      return index;
    });
    this.batch = { ...this.batch, columns };
    return columns;
  }
}

const blank = (cell: Cell | CellFault): boolean =>
  cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');

const asRead = (cell: Cell | CellFault): Cell => (cell instanceof CellFault ? cell.raw : cell);

function headerText(read: Cell | CellFault): string {
  const cell = asRead(read);
  return cell === null || cell === undefined || typeof cell === 'object' ? '' : String(cell);
}
