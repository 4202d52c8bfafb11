/** Workbooks of Excel and WPS. The library that reads rows sees a file only after the archive has been measured. */
import { streamXlsxRows } from 'hucre';
import { headerNames } from '../csv/header.ts';
import { Problem } from '../../terms/problem.ts';
import { classOfValue, type RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem, rowRules, type RowRule } from '../rowRules.ts';
import {
  batchRecords,
  tableBatch,
  type Bytes,
  type Cell,
  type Format,
  type TableBatch,
  type TableBuilder,
} from '../reader.ts';
import { cellFault, cellWarning } from '../text/cellFaults.ts';
import { suspectText } from '../text/textBlock.ts';
import { xlsxOptionsSchema, type XlsxOptions } from './options.ts';
import { chosenSheet, refuseOtherFiles, sheetsOf } from './workbook.ts';
import { countInflated, zipEntries, type ZipLimits } from './zipGuard.ts';

export const xlsx: Format = {
  name: 'xlsx',
  title: { zh: 'Excel / WPS 工作簿（xlsx）', en: 'Excel and WPS workbooks (xlsx)' },
  optionsSchema: xlsxOptionsSchema,
  read: (bytes, options) => readXlsx(bytes, options as XlsxOptions),
};

/** @throws Problem file_empty, file_limit_exceeded, file_protected, format_refused, xlsx_damaged, xlsx_sheet_missing, file_header_missing */
export async function* readXlsx(bytes: Bytes, options: XlsxOptions): AsyncGenerator<TableBatch> {
  const file = await whole(bytes, options.maxFileBytes);
  refuseOtherFiles(file);
  const limits: ZipLimits = { maxInflatedBytes: options.maxInflatedBytes, maxEntries: 1_000, maxRatio: 200 };
  const entries = zipEntries(file, limits);
  const sheets = sheetsOf(entries);
  const sheet = chosenSheet(sheets, options);
  await countInflated(entries, limits);
  const rows = new SheetRows(options);
  if (sheets.some(({ hidden }) => hidden)) rows.tellHidden(sheets.filter(({ hidden }) => hidden).length);
  const stream = streamXlsxRows(new Uint8Array(file.buffer, file.byteOffset, file.length), { sheet });
  try {
    for await (const { index, values } of stream) {
      if (!rows.add(index + 1, values)) break;
      if (rows.full) yield rows.take();
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('xlsx_damaged', { what: error instanceof Error ? error.name : 'unreadable' });
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

const formulaError = /^#(N\/A|NAME\?|NULL!|NUM!|REF!|VALUE!|DIV\/0!|GETTING_DATA|SPILL!|CALC!)$/;

class SheetRows {
  private readonly options: XlsxOptions;
  private readonly headerEnd: number;
  private readonly headers = new Map<number, readonly string[]>();
  private columns: readonly string[] | undefined;
  private fillDown: readonly number[] = [];
  private readonly above: Cell[] = [];
  private batch: TableBuilder = tableBatch([]);

  constructor(options: XlsxOptions) {
    this.options = options;
    this.headerEnd = Math.max(0, ...options.headerRows);
    if (options.headerRows.length === 0 && options.columns !== undefined) this.begin(options.columns);
  }

  get full(): boolean {
    return this.batch.records.length >= batchRecords;
  }

  tellHidden(count: number): void {
    this.batch.warnings.push(recordProblem(0, 'xlsx.hidden-sheets', `${count} sheets`));
  }

  /** @returns false when no later row can matter */
  add(row: number, values: readonly unknown[]): boolean {
    if (row <= this.headerEnd) {
      if (this.options.headerRows.includes(row)) this.headers.set(row, values.map(headerText));
      return true;
    }
    if (row > (this.options.lastRow ?? Number.POSITIVE_INFINITY)) return false;
    if (row < (this.options.firstRow ?? 0)) return true;
    const cells = values.map(cellOf);
    while (cells.length > 0 && blank(cells[cells.length - 1])) cells.pop();
    if (cells.length === 0) {
      this.batch.skipped += 1;
      return true;
    }
    const columns = this.columns ?? this.begin(this.header(cells.length));
    this.record(row, cells, columns);
    return true;
  }

  take(): TableBatch {
    const full = this.batch;
    this.batch = tableBatch(this.columns ?? []);
    return full;
  }

  last(): TableBatch {
    if (this.columns === undefined) this.begin(this.header(0));
    return this.take();
  }

  private record(row: number, cells: Cell[], columns: readonly string[]): void {
    if (cells.length > columns.length) {
      this.batch.bad.push({
        line: row,
        problems: [recordProblem(row, 'xlsx.wide', `${cells.length} cells`)],
        raw: cells,
      });
      return;
    }
    while (cells.length < columns.length) cells.push(null);
    for (const index of this.fillDown) {
      if (blank(cells[index])) cells[index] = this.above[index];
      else this.above[index] = cells[index];
    }
    const problems: RowProblem[] = [];
    for (const [index, cell] of cells.entries()) {
      const found = faultOf(cell);
      if (found !== undefined) {
        const problem = this.problem(row, index, found, cell);
        if (found === 'xlsx.error') problems.push(problem);
        else this.batch.warnings.push(problem);
      } else if (typeof cell === 'string' && suspectText(cell)) this.look(row, index, cell, problems);
    }
    if (problems.length > 0) this.batch.bad.push({ line: row, problems, raw: cells });
    else {
      this.batch.records.push(cells);
      this.batch.lines.push(row);
    }
  }

  private look(row: number, index: number, cell: string, problems: RowProblem[]): void {
    const place = { line: row, column: index + 1, header: this.columns?.[index] ?? '' };
    const fault = cellFault(cell, place, false);
    if (fault !== undefined) problems.push(fault);
    const warning = cellWarning(cell, place);
    if (warning !== undefined) this.batch.warnings.push(warning);
  }

  private problem(row: number, index: number, rule: RowRule, cell: Cell): RowProblem {
    const header = this.columns?.[index] ?? '';
    return {
      line: row,
      column: index + 1,
      header,
      field: '',
      rule,
      got: classOfValue(cell, false),
      message: rowRules[rule],
    };
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

const blank = (cell: Cell): boolean =>
  cell === null || cell === undefined || (typeof cell === 'string' && cell.trim() === '');

/** Values as they leave: dates as ISO text without a zone, for a sheet names none. */
function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) {
    if (Number.isNaN(value.getTime())) return null;
    const text = value.toISOString();
    return text.endsWith('T00:00:00.000Z') ? text.slice(0, 10) : text.slice(0, 19);
  }
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return JSON.stringify(value);
}

function headerText(value: unknown): string {
  const cell = cellOf(value);
  return cell === null || cell === undefined || typeof cell === 'object' ? '' : String(cell);
}

function faultOf(cell: Cell): 'xlsx.error' | 'xlsx.digits-lost' | undefined {
  if (typeof cell === 'number')
    return Number.isInteger(cell) && Math.abs(cell) >= 1e15 ? 'xlsx.digits-lost' : undefined;
  return typeof cell === 'string' && cell.startsWith('#') && formulaError.test(cell)
    ? 'xlsx.error'
    : undefined;
}
