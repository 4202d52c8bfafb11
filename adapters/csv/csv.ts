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
import { cellFault, cellWarning, type CellPlace } from '../reading/text/cellFaults.ts';
import { encodingDoubt } from '../reading/text/guessEncoding.ts';
import { headerDoubt, narrowHeader, headerSampleSize } from '../reading/text/headerDoubt.ts';
import { CutRows, FilledRows } from './cutRows.ts';
import { withoutMarks } from '../reading/text/spreadsheetMarks.ts';
import { suspectText, type TextBlock } from '../reading/text/textBlock.ts';
import { textDoubt, withoutEchoes } from '../reading/text/textSigns.ts';
import type { RowsInText } from '../reading/text/rowsInText.ts';
import { textBlocks } from '../reading/text/textBlocks.ts';
import { textBytes } from '../reading/text/textBytes.ts';
import { CsvScanner, lineEnd, type BrokenRule, type LineEnd, type ScannedSink } from './csvScanner.ts';
import { divideCsv } from './divideCsv.ts';
import { headerNames } from '../reading/text/header.ts';
import { isEmptyRecord, maySign, removeMarks, repeats, unshared } from './recordPlaces.ts';
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
      const formulas = options.quote === '"' && options.spreadsheetMarks === 'remove';
      scanner = new CsvScanner(found.separator, options.quote, options.maxRecordBytes, formulas);
      sink = new CsvSink(options, scanner);
      sink.noteSeparator(found);
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

/** Number of blank rows that form a block. */
const blankBlock = 3;

/** Collects header and records; a record that does not fit the header becomes a bad record. */
class CsvSink implements ScannedSink {
  /** the block being scanned: it identifies the source of broken bytes */
  private block: TextBlock = { text: '', offset: 0, undecodable: false, encoding: '' };
  columns: readonly string[] | undefined;
  handedOn = false;
  /** widths of the first records that are wider than the header */
  private readonly wider: number[] = [];
  private readonly options: CsvOptions;
  private readonly headerEnd: number;
  private readonly headerRows = new Map<number, readonly string[]>();
  /** cells of the header as written in the file; undefined where it has none */
  private headerCells: readonly string[] | undefined;
  /** how the first line of the file ended */
  private fileEnd: LineEnd;
  /** blank rows since the last record, and whether there was one */
  private blank = 0;
  private anyRecord: boolean;
  /** whether the previous line ended differently */
  private hadOtherEnd = false;
  /** start, in the file, of the first line with broken bytes in each header row that contains one */
  private readonly undecodableBytes = new Map<number, number>();
  /** byte, in the file, of the first NUL in each header row that contains one */
  private readonly nulBytes = new Map<number, number>();
  /** physical lines whose bytes are UTF-8 in a file of another encoding; the values mean nothing */
  private mixed: ReadonlyMap<number, number> = new Map();
  /** physical lines with bytes that could not be decoded, and the start of each in the file */
  private undecodable: ReadonlyMap<number, number> = new Map();
  private readonly scanner: CsvScanner;
  private batch: TableBuilder;
  /** where the positions of each record of the batch begin, where records may have fewer cells than the header */
  private firsts: number[] = [];

  constructor(options: CsvOptions, scanner: CsvScanner) {
    this.options = options;
    this.scanner = scanner;
    this.headerEnd = Math.max(0, ...options.headerRows);
    this.headerCells = options.header;
    this.fileEnd = options.lineEnd ?? lineEnd.none;
    this.anyRecord = options.inside === true;
    if (this.headerEnd === 0 && options.columns !== undefined) this.columns = options.columns;
    this.batch = tableBatch(this.columns ?? []);
  }

  get size(): number {
    return this.batch.lines.length + this.batch.bad.length + this.batch.skipped;
  }

  /** Returns the records of the last scan, and all other results since the last call. */
  take(): TableBatch {
    const { batch, columns = [], scanner, options } = this;
    this.batch = tableBatch(columns);
    const quote = scanner.doubled ? options.quote : '';
    const places = scanner.places.taken();
    const records =
      options.ragged === 'fill'
        ? new FilledRows(scanner.text, quote, { places, firsts: this.firsts, columns: columns.length })
        : new CutRows(scanner.text, quote, places, columns.length);
    this.firsts = [];
    if (!this.handedOn) this.checkHeader(batch, records);
    this.handedOn = true;
    return { ...batch, records };
  }

  /** Compares a header of the file itself with the first records. */
  private checkHeader(batch: TableBuilder, records: RowsInText): void {
    const { columns = [], headerEnd, options } = this;
    if (headerEnd === 0 || options.columns !== undefined) return;
    const first = Array.from({ length: headerSampleSize }, (_, row) => records.at(row) ?? []).filter(
      (cells) => cells.length > 0,
    );
    const problem =
      first.length === 0
        ? narrowHeader(columns.length, this.wider, headerEnd)
        : headerDoubt(columns, first, headerEnd);
    if (problem !== undefined) batch.doubts.push({ record: 'file', problem });
  }

  /** A separator chosen among equal candidates is reported as a guess. */
  noteSeparator({ separator, rival, width }: ReturnType<typeof separatorOf>): void {
    if (rival === undefined) return;
    const facts = { separator: separatorName(separator), rival: separatorName(rival) };
    const problem = recordProblem(0, 'csv.separator', `${width} cells a line`, facts);
    this.batch.doubts.push({ record: 'file', problem });
  }

  /** @param block `guess` is present in the first block with bytes above 7F only: there the encoding was guessed */
  begin(block: TextBlock): void {
    this.block = block;
    this.undecodable = this.linesFrom(this.undecodable, [...(block.undecodableLines ?? [])]);
    const problem = encodingDoubt(block.guess);
    if (problem !== undefined) this.batch.doubts.push({ record: 'file', problem });
    this.mixed = this.linesFrom(
      this.mixed,
      (block.utf8Lines ?? []).map((line) => [line, 0]),
    );
  }

  /** Physical lines that are still to be read, and those of the next block. @param next lines of the block, from 0 */
  private linesFrom(
    known: ReadonlyMap<number, number>,
    next: readonly (readonly [number, number])[],
  ): ReadonlyMap<number, number> {
    if (known.size + next.length === 0) return known;
    const { lineReached, nextLine } = this.scanner;
    return new Map([
      ...[...known].filter(([line]) => line >= lineReached),
      ...next.map(([line, start]) => [nextLine + line, start] as const),
    ]);
  }

  record = (first: number, found: number, line: number, suspect: boolean): boolean => {
    const isCut = this.isCut();
    if (line <= this.headerEnd) {
      this.takeHeader(first, found, line);
      return false;
    }
    if (this.isBlank(first, found)) {
      this.batch.skipped += 1;
      this.blank += 1;
      return false;
    }
    if (this.blank > 0) this.endBlank(line);
    this.columns ??= this.header(found);
    const expected = this.columns.length;
    const doubts = isCut ? [recordProblem(line, 'lines.end', `${found} cells`)] : [];
    if (found > expected || (found < expected && this.options.ragged === 'bad')) {
      this.reportWidth(first, found, line, doubts);
      return false;
    }
    if (suspect && maySign(this.scanner, first, found) && !this.checkCells(first, found, line, doubts))
      return false;
    this.doubtRecord(first, found, line, doubts);
    const record = this.batch.lines.length;
    this.anyRecord = true;
    for (const problem of withoutEchoes(doubts)) this.batch.doubts.push({ record, problem });
    if (this.options.ragged === 'fill') this.firsts.push(first);
    this.batch.lines.push(line);
    return true;
  };

  private takeHeader(first: number, found: number, line: number): void {
    const { scanner, block } = this;
    const nul = scanner.placeOf('\0', first, found);
    if (nul !== undefined) this.nulBytes.set(line, byteOfNul(block, scanner.text, nul));
    this.headerRows.set(line, scanner.cells(first, found));
    const undecodable = this.lineIn(this.undecodable, line);
    if (undecodable !== undefined)
      this.undecodableBytes.set(line, this.undecodable.get(undecodable) ?? block.offset);
  }

  private isBlank(first: number, found: number): boolean {
    return found === 0 || (found > 1 && isEmptyRecord(this.scanner, first, found));
  }

  /** A record that is wider, or narrower, than its header. */
  private reportWidth(first: number, found: number, line: number, doubts: readonly RowProblem[]): void {
    const expected = this.columns?.length ?? 0;
    if (found > expected && this.wider.length < headerSampleSize) this.wider.push(found);
    const problem = recordProblem(line, 'csv.ragged', `${found} cells`, { expected, found });
    this.bad(this.scanner.cells(first, found), line, [problem, ...doubts]);
  }

  /** Ends a run of blank rows at a record: a block of them below other records may divide two tables. */
  private endBlank(line: number): void {
    const rows = this.blank;
    this.blank = 0;
    if (rows < blankBlock || !this.anyRecord || this.options.blankRows === 'skip') return;
    const problem = recordProblem(line, 'csv.blank-block', `${rows} rows`, { rows });
    this.batch.doubts.push({ record: 'file', problem });
  }

  /** Whether this line or the previous one ended unlike the first line of the file: a line end inside a text may then have split it. */
  private isCut(): boolean {
    const { ended } = this.scanner;
    if (this.fileEnd === lineEnd.none) this.fileEnd = ended;
    const isOdd = ended !== this.fileEnd && (ended === lineEnd.lf || ended === lineEnd.cr);
    const wasOdd = this.hadOtherEnd;
    this.hadOtherEnd = isOdd;
    return (isOdd || wasOdd) && this.options.lineEnds === 'alike';
  }

  /** Adds the doubts and warnings of a record that is as wide as its header. */
  private doubtRecord(first: number, found: number, line: number, doubts: RowProblem[]): void {
    const { scanner, mixed } = this;
    if (scanner.marked) this.batch.warnings.push(recordProblem(line, 'text.mark', `${found} cells`));
    if (this.lineIn(mixed, line) !== undefined) {
      const facts = { declared: this.block.encoding, encoding: 'utf-8' };
      doubts.push(recordProblem(line, 'encoding.mixed', `${found} cells`, facts));
    }
    if (repeats(this.headerCells, this.scanner, first, found))
      doubts.push(recordProblem(line, 'header.repeated', `${found} cells`));
  }

  /** The first physical line of the record that is one of these. @param line on which the record began */
  private lineIn(lines: ReadonlyMap<number, number>, line: number): number | undefined {
    if (lines.size === 0) return undefined;
    for (let at = line; at <= this.scanner.lineReached; at += 1) if (lines.has(at)) return at;
    return undefined;
  }

  broken = (text: string, line: number, rule: BrokenRule, open: boolean): void => {
    if (line <= this.headerEnd) {
      const { columns, headerRows } = this.options;
      const isUsed = columns === undefined && headerRows.includes(line);
      if (isUsed && rule === 'csv.quote-blank') throw headerFault(line, rule);
      if (!isUsed && !open) {
        this.isCut();
        return; // a line above the header, as one that is a record
      }
    } else if (this.headerEnd > 0) this.columns ??= this.header(1); // without a header the first good record sets the width
    this.isCut(); // notes how this line ended, for the next one
    this.bad([text], line, [recordProblem(line, rule, `line, ${text.length} chars`)], open);
  };

  /** Ends the file: a missing header is a fault of the file, with or without records. */
  finish(): void {
    this.columns ??= this.header(0);
  }

  private header(width: number): readonly string[] {
    const { columns, headerRows } = this.options;
    if (columns !== undefined) {
      this.headerCells ??= this.headerRows.get(this.headerEnd);
      return this.startWith(columns);
    }
    if (headerRows.length === 0) {
      return this.startWith(Array.from({ length: width }, (_, index) => String(index + 1)));
    }
    const rows = [...headerRows].sort((a, b) => a - b).map((line) => this.headerRow(line));
    this.headerCells = rows.at(-1);
    const clean = this.options.spreadsheetMarks === 'keep' ? rows : rows.map((row) => row.map(withoutMarks));
    return this.startWith(headerNames(clean));
  }

  private headerRow(line: number): readonly string[] {
    const cells = this.headerRows.get(line);
    if (cells === undefined || cells.length === 0) throw new Problem('file_header_missing', { line });
    for (const cell of cells) {
      if (cell.includes('\0')) throw new Problem('file_binary', { line, byte: this.nulBytes.get(line) ?? 0 });
      if (cell.includes('\ufffd')) {
        const byte = this.undecodableBytes.get(line);
        if (byte === undefined) throw headerFault(line, 'encoding.lost');
        throw new Problem('file_encoding_wrong', { line, byte, encoding: this.block.encoding });
      }
    }
    return cells;
  }

  private startWith(columns: readonly string[]): readonly string[] {
    this.batch = { ...this.batch, columns };
    return columns;
  }

  /** Checks the cells of a record in detail. @param doubts receives the doubts about them */
  private checkCells(first: number, found: number, line: number, doubts: RowProblem[]): boolean {
    const { batch, columns = [], options, scanner } = this;
    const placeOf = (index: number): CellPlace => ({ line, column: index + 1, header: columns[index] ?? '' });
    if (options.spreadsheetMarks === 'remove')
      removeMarks(scanner, first, found, options.quote, placeOf, batch.warnings);
    const problems: RowProblem[] = [];
    const cells = scanner.cells(first, found);
    // the lines of a record may be many: they are searched once, not for each cell
    let undecodable: boolean | undefined;
    for (const [index, cell] of cells.entries()) {
      if (!suspectText(cell)) continue;
      const place = placeOf(index);
      undecodable ??= this.lineIn(this.undecodable, line) !== undefined;
      const fault = cellFault(cell, place, undecodable);
      if (fault !== undefined) problems.push(fault);
      const warning = cellWarning(cell, place);
      if (warning !== undefined) batch.warnings.push(warning);
      const doubt = textDoubt(cell, place);
      if (doubt !== undefined) doubts.push(doubt);
    }
    if (problems.length > 0) this.bad(cells, line, problems);
    return problems.length === 0;
  }

  private bad(cells: readonly string[], line: number, problems: readonly RowProblem[], open = false): void {
    this.batch.bad.push({ line, problems, raw: cells.map(unshared), ...(open ? { open } : {}) });
  }
}

/**
 * Byte, in the file, of a NUL.
 * @param whole a text that ends with the block @param at place of the NUL in it
 */
function byteOfNul({ text, bytes, offset, encoding }: TextBlock, whole: string, at: number): number {
  const start = whole.length - text.length;
  const bytesOfText = textBytes(encoding);
  if (at < start) return offset - bytesOfText(whole.slice(at, start));
  if (bytes === undefined) return offset + bytesOfText(text.slice(0, at - start));
  // no other character has the byte 00
  let byte = bytes.indexOf(0);
  for (let nul = text.indexOf('\0'); nul >= 0 && nul < at - start; nul = text.indexOf('\0', nul + 1))
    byte = bytes.indexOf(0, byte + 1);
  return offset + byte;
}

function headerFault(line: number, rule: 'csv.quote-blank' | 'encoding.lost'): Problem {
  const { message } = recordProblem(line, rule, '');
  return new Problem('file_header_missing', { line }, { findings: [{ rule, line, message }] });
}

const separatorName = (separator: string): string =>
  separator === '\t' ? 'tab' : separator === '\u0001' ? 'U+0001' : separator;
