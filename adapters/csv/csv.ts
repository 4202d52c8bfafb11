/** CSV and TSV. */
import { Problem } from '../../terms/problem.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem } from '../reading/rowRules.ts';
import {
  tableBatch,
  type Bytes,
  type Format,
  type TableBatch,
  type TableBuilder,
} from '../reading/reader.ts';
import { cellFault, cellWarning } from '../reading/text/cellFaults.ts';
import { encodingDoubt } from '../reading/text/guessEncoding.ts';
import { headerDoubt, narrowHeader, recordsLookedAt } from '../reading/text/headerDoubt.ts';
import { CutRows } from './cutRows.ts';
import type { TextBlock } from '../reading/text/textBlock.ts';
import { textBlocks } from '../reading/text/textBlocks.ts';
import { CsvScanner, type BrokenRule, type ScannedSink } from './csvScanner.ts';
import { divideCsv } from './divideCsv.ts';
import { headerNames } from '../reading/text/header.ts';
import { csvOptionsSchema, type CsvOptions } from './options.ts';
import { separatorAgreement, type SeparatorAgreement } from './sniffSeparator.ts';

export const csv: Format = {
  name: 'csv',
  title: { zh: 'CSV / TSV 文本', en: 'CSV / TSV' },
  optionsSchema: csvOptionsSchema,
  read: (bytes, options) => readCsv(bytes, options as CsvOptions),
  divide: (options, start) => divideCsv(options as CsvOptions, start),
};

/** @throws Problem file_empty, file_header_missing, file_encoding_wrong, file_binary, file_record_too_long */
async function* readCsv(bytes: Bytes, options: CsvOptions): AsyncGenerator<TableBatch> {
  let sink: CsvSink | undefined;
  let scanner: CsvScanner | undefined;
  for await (const block of textBlocks(bytes, options)) {
    if (scanner === undefined || sink === undefined) {
      const found = separatorOf(options, block.text);
      scanner = new CsvScanner(found.separator, options.quote, options.maxRecordBytes);
      sink = new CsvSink(options, scanner);
      sink.beginWith(found);
    }
    sink.begin(block);
    scanner.scan(block.text, false, sink);
    if (sink.columns !== undefined && sink.size > 0) yield sink.take();
  }
  if (scanner === undefined || sink === undefined) throw new Problem('file_empty');
  scanner.scan('', true, sink);
  sink.finish();
  if (sink.size > 0 || !sink.handedOn) yield sink.take();
}

function separatorOf(
  options: CsvOptions,
  text: string,
): Pick<SeparatorAgreement, 'separator' | 'rival' | 'width'> {
  if (options.separator === 'auto') return separatorAgreement(text, options.quote);
  return { separator: options.separator === 'tab' ? '\t' : options.separator, width: 0 };
}

/** Gathers header and records; what does not fit the header becomes a bad record. */
class CsvSink implements ScannedSink {
  /** the block that is being scanned: it says where broken bytes come from */
  private block: TextBlock = { text: '', undecodable: false, encoding: '' };
  columns: readonly string[] | undefined;
  handedOn = false;
  /** widths of the first records that are wider than the header */
  private readonly wider: number[] = [];
  private readonly options: CsvOptions;
  private readonly headerEnd: number;
  private readonly headerRows = new Map<number, readonly string[]>();
  private readonly scanner: CsvScanner;
  private batch: TableBuilder;

  constructor(options: CsvOptions, scanner: CsvScanner) {
    this.options = options;
    this.scanner = scanner;
    this.headerEnd = Math.max(0, ...options.headerRows);
    if (this.headerEnd === 0 && options.columns !== undefined) this.columns = options.columns;
    this.batch = tableBatch(this.columns ?? []);
  }

  get size(): number {
    return this.batch.lines.length + this.batch.bad.length + this.batch.skipped;
  }

  /** The records of the last scan, and everything else since the last time. */
  take(): TableBatch {
    const { batch, columns = [], scanner, options } = this;
    this.batch = tableBatch(columns);
    const quote = scanner.doubled ? options.quote : '';
    const records = new CutRows(scanner.text, quote, scanner.places.taken(), columns.length);
    if (!this.handedOn) this.lookAtHeader(batch, records);
    this.handedOn = true;
    return { ...batch, records };
  }

  /** A header of the file itself is held against the first records. */
  private lookAtHeader(batch: TableBuilder, records: CutRows): void {
    const { columns = [], headerEnd, options } = this;
    if (headerEnd === 0 || options.columns !== undefined) return;
    const first = Array.from({ length: recordsLookedAt }, (_, row) => records.at(row) ?? []).filter(
      (cells) => cells.length > 0,
    );
    const problem =
      first.length === 0
        ? narrowHeader(columns.length, this.wider, headerEnd)
        : headerDoubt(columns, first, headerEnd);
    if (problem !== undefined) batch.doubts.push({ record: 'file', problem });
  }

  /** A separator that was guessed among equals is a guess. */
  beginWith({ separator, rival, width }: ReturnType<typeof separatorOf>): void {
    if (rival === undefined) return;
    const facts = { separator: shown(separator), rival: shown(rival) };
    const problem = recordProblem(0, 'csv.separator', `${width} cells a line`, facts);
    this.batch.doubts.push({ record: 'file', problem });
  }

  /** @param block the first that holds bytes above 7F says how its encoding was guessed */
  begin(block: TextBlock): void {
    this.block = this.scanner.pending && this.block.undecodable ? { ...block, undecodable: true } : block;
    const problem = encodingDoubt(block.guess);
    if (problem !== undefined) this.batch.doubts.push({ record: 'file', problem });
  }

  record = (first: number, found: number, line: number, suspect: boolean): boolean => {
    if (line <= this.headerEnd) {
      this.headerRows.set(line, this.scanner.cells(first, found));
      return false;
    }
    if (found === 0) {
      this.batch.skipped += 1;
      return false;
    }
    this.columns ??= this.header(found);
    const expected = this.columns.length;
    if (found > expected || (found < expected && this.options.ragged === 'bad')) {
      if (found > expected && this.wider.length < recordsLookedAt) this.wider.push(found);
      const problem = recordProblem(line, 'csv.ragged', `${found} cells`, { expected, found });
      this.bad(this.scanner.cells(first, found), line, [problem]);
      return false;
    }
    if (suspect && !this.acceptable(this.scanner.cells(first, found), line)) return false;
    for (let missing = found; missing < expected; missing += 1) this.scanner.places.push(0, 0);
    this.batch.lines.push(line);
    return true;
  };

  broken = (text: string, line: number, rule: BrokenRule, open: boolean): void => {
    if (line > this.headerEnd) this.columns ??= this.header(1);
    this.bad([text], line, [recordProblem(line, rule, `line, ${text.length} chars`)], open);
  };

  /** The file has ended: a header that never came is a fault of the file, records or not. */
  finish(): void {
    this.columns ??= this.header(0);
  }

  private header(width: number): readonly string[] {
    const { columns, headerRows } = this.options;
    if (columns !== undefined) return this.startWith(columns);
    if (headerRows.length === 0) {
      return this.startWith(Array.from({ length: width }, (_, index) => String(index + 1)));
    }
    const rows = [...headerRows].sort((a, b) => a - b).map((line) => this.headerRow(line));
    return this.startWith(headerNames(rows));
  }

  private headerRow(line: number): readonly string[] {
    const cells = this.headerRows.get(line);
    if (cells === undefined || cells.length === 0) throw new Problem('file_header_missing', { line });
    for (const cell of cells) {
      if (cell.includes('\0')) throw new Problem('file_binary', { line, byte: 0 });
      if (cell.includes('\ufffd')) {
        const { encoding, undecodableAt = 0 } = this.block;
        throw new Problem('file_encoding_wrong', { line, byte: undecodableAt, encoding });
      }
    }
    return cells;
  }

  private startWith(columns: readonly string[]): readonly string[] {
    this.batch = { ...this.batch, columns };
    return columns;
  }

  private acceptable(cells: readonly string[], line: number): boolean {
    const problems: RowProblem[] = [];
    cells.forEach((cell, index) => {
      const place = { line, column: index + 1, header: this.columns?.[index] ?? '' };
      const fault = cellFault(cell, place, this.block.undecodable);
      if (fault !== undefined) problems.push(fault);
      const warning = cellWarning(cell, place);
      if (warning !== undefined) this.batch.warnings.push(warning);
    });
    if (problems.length > 0) this.bad(cells, line, problems);
    return problems.length === 0;
  }

  private bad(cells: readonly string[], line: number, problems: readonly RowProblem[], open = false): void {
    this.batch.bad.push({ line, problems, raw: cells.map(unshared), ...(open ? { open } : {}) });
  }
}

/** A copy that does not keep the block it was cut from in memory. */
const unshared = (text: string): string => Buffer.from(text, 'utf16le').toString('utf16le');

const shown = (separator: string): string =>
  separator === '\t' ? 'tab' : separator === '\u0001' ? 'U+0001' : separator;
