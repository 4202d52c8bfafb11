/** Fixed-width text. Offsets count bytes: a Chinese character takes two of them in GBK, and a cell is cut before it is decoded. */
import { isAscii } from 'node:buffer';
import { Problem } from '../../terms/problem.ts';
import {
  tableBatch,
  type Bytes,
  type Cell,
  type Format,
  type TableBatch,
  type TableBuilder,
} from '../reading/reader.ts';
import { decoderOf, type Decoder } from '../reading/text/decoder.ts';
import { encodingOf, isWide } from '../reading/text/encodings.ts';
import { recordProblem } from '../reading/rowRules.ts';
import { Trailer } from '../reading/trailer.ts';
import { soundRows } from '../reading/text/soundRows.ts';
import { mayHoldMarks } from '../reading/text/spreadsheetMarks.ts';
import { evenChunks } from '../reading/text/evenChunks.ts';
import { suspectText } from '../reading/text/textBlock.ts';
import { isMisread } from '../reading/text/misreadText.ts';
import { CellDecoder, UndecodableCells } from '../reading/text/cellDecoder.ts';
import { readCharacterFixed } from './characterFixed.ts';
import { fixedRecords, type ByteRecords } from './fixedRecords.ts';
import { contradictionOfLists, portionsOf, recordsAtOnce } from './cellLimits.ts';
import { finisher, type Finisher } from './finisher.ts';
import { FixedRows, type Span } from './fixedRows.ts';
import { markedFile } from '../reading/text/fileMark.ts';
import { paddedDoubt, recordDoubts } from './recordDoubts.ts';
import { minBytes, lengthFault } from './recordLength.ts';
import { TextCursor } from './textCursor.ts';
import { readWideFixed } from './wideFixed.ts';
import { fixedOptionsSchema, type FixedColumn, type FixedOptions } from './options.ts';
import { unusedFixedOptions } from './unusedOptions.ts';
import type { Division } from '../reading/division.ts';
import { firstLineEnd } from '../reading/ranges.ts';
import { byteOrderMark } from '../reading/text/sniffEncoding.ts';
import { defined } from '../../terms/defined.ts';

export const fixed: Format = {
  name: 'fixed',
  title: { zh: '定长文本', en: 'Fixed-width text' },
  optionsSchema: fixedOptionsSchema,
  contradiction: (options) => contradictionOfLists(options as FixedOptions),
  unused: (options) => unusedFixedOptions(options as FixedOptions),
  read: (bytes, options) => readFixed(bytes, options as FixedOptions),
  divide: (options, start) => divideFixed(options as FixedOptions, start),
};

/** @throws Problem file_empty, file_truncated, file_record_too_long, encoding_unknown */
async function* readFixed(bytes: Bytes, options: FixedOptions): AsyncGenerator<TableBatch> {
  const encoding = encodingOf(options.encoding);
  const file =
    options.inside === true ? { encoding, bytes, length: 0 } : await markedFile(evenChunks(bytes), encoding);
  if (isWide(file.encoding) && options.unit === 'bytes') {
    yield* readWideFixed(file, options);
    return;
  }
  if (options.unit === 'characters') {
    yield* readCharacterFixed(file, options);
    return;
  }
  const cutter = new FixedCutter(options, file.encoding);
  const atOnce = recordsAtOnce(options);
  let records = 0;
  for await (const block of fixedRecords(file.bytes, options, file.length)) {
    records += block.lines.length;
    for (const part of portionsOf(block, atOnce)) yield cutter.cut(part);
  }
  if (records === 0) throw new Problem('file_empty');
  const rest = cutter.finish();
  if (rest !== undefined) yield rest;
}

const highByte = /[\x80-\xff]/;
/** Controls but TAB, LF and CR. */
const control = /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/;

class FixedCutter {
  private readonly options: FixedOptions;
  private readonly columns: readonly string[];
  private readonly layout: readonly FixedColumn[];
  private readonly finishers: readonly Finisher[];
  private readonly decoder: CellDecoder;
  private readonly blockDecoder: Decoder;
  readonly encoding: string;
  /** whether a block was cut */
  private begun = false;
  private readonly cursor: TextCursor | undefined;
  /** byte offsets at which cells begin or end, ascending, and for each column which of them */
  private readonly edges: Int32Array;
  private readonly edgesOf: readonly Span[];
  /** minimum number of bytes of a record */
  readonly least: number;
  private readonly trailer: Trailer | undefined;
  private suspect = false;
  private readonly undecodable = new UndecodableCells();

  constructor(options: FixedOptions, encoding: string) {
    this.options = options;
    this.layout = options.columns;
    this.columns = options.columns.map(({ name }) => name);
    this.finishers = options.columns.map(finisher);
    this.encoding = encoding;
    this.decoder = new CellDecoder(encoding);
    this.blockDecoder = decoderOf(encoding, true);
    const edges = new Set(options.columns.flatMap(({ start, length }) => [start, start + length]));
    this.edges = Int32Array.from(edges).sort();
    this.edgesOf = options.columns.map(({ start, length }) => [
      this.edges.indexOf(start),
      this.edges.indexOf(start + length),
    ]);
    this.least = minBytes(options);
    // a column beyond recordLength ends with its record: it must not take bytes of the next one
    const isWithin = (this.edges.at(-1) ?? 0) <= this.least;
    const hasLists = options.columns.some(({ occurs }) => occurs !== undefined);
    this.cursor = isWithin && !hasLists ? TextCursor.of(encoding) : undefined;
    this.trailer = Trailer.of(options.trailer);
  }

  cut(block: ByteRecords): TableBatch {
    const { bytes, ranges, lines } = block;
    const batch = tableBatch(this.columns);
    this.doubtFile(batch, block);
    this.suspect = bytes.includes(0);
    this.undecodable.clear();
    const starts: number[] = [];
    const ends: number[] = [];
    for (let i = 0; i < lines.length; i += 1) {
      const line = lines[i] ?? 0;
      const start = this.begin(block, i, batch);
      const end = ranges[i * 2 + 1] ?? 0;
      if (this.isBlank(bytes, start, end) || this.isTrailer(bytes, start, end, line, batch)) {
        batch.skipped += 1;
        continue;
      }
      const fault = lengthFault(this.options, this.least, end - start, line);
      if (fault !== undefined) {
        batch.bad.push({ line, problems: [fault], raw: [bytes.toString('latin1', start, end)] });
        continue;
      }
      for (const problem of recordDoubts(block, i, this))
        batch.doubts.push({ record: batch.lines.length, problem });
      batch.lines.push(line);
      starts.push(start);
      ends.push(end);
    }
    const rows = this.cutOut(bytes, starts, ends);
    if (rows !== undefined && !this.suspect) return { ...batch, records: rows };
    if (rows === undefined) this.cutEach(batch, bytes, starts, ends);
    else for (const cells of rows) batch.records.push(cells);
    const { spreadsheetMarks } = this.options;
    if (!this.suspect) return batch;
    const isUndecodable = (cells: readonly Cell[], index: number): boolean =>
      this.undecodable.has(cells, index);
    return soundRows(batch, this.columns, isUndecodable, spreadsheetMarks);
  }

  /** Checks the first block of a file for columns that were padded by characters. */
  private doubtFile(batch: TableBuilder, block: ByteRecords): void {
    const { lineEnds, recordLength, inside } = this.options;
    const isFirst = !this.begun;
    this.begun = true;
    if (!isFirst || !lineEnds || recordLength !== undefined || inside === true) return;
    const problem = paddedDoubt(block, this.encoding, this.least);
    if (problem !== undefined) batch.doubts.push({ record: 'file', problem });
  }

  /** Start of a record: after the byte order mark that precedes it in joined files. */
  private begin({ bytes, ranges, lines }: ByteRecords, index: number, batch: TableBuilder): number {
    const start = ranges[index * 2] ?? 0;
    if (bytes[start] !== 0xef || this.encoding !== 'utf-8' || !this.options.lineEnds) return start;
    if (bytes[start + 1] !== 0xbb || bytes[start + 2] !== 0xbf) return start;
    batch.warnings.push(recordProblem(lines[index] ?? 0, 'text.mark', 'record'));
    return start + 3;
  }

  private isTrailer(bytes: Buffer, start: number, end: number, line: number, batch: TableBuilder): boolean {
    const doubts = this.trailer?.take(
      (at, length) => bytes.toString('latin1', start + at, Math.min(start + at + length, end)),
      line,
    );
    for (const problem of doubts ?? []) batch.doubts.push({ record: 'file', problem });
    return doubts !== undefined;
  }

  /** Checks at the end of the file. */
  finish(): TableBatch | undefined {
    const problem = this.trailer?.missing();
    return problem === undefined
      ? undefined
      : { ...tableBatch(this.columns), doubts: [{ record: 'file', problem }] };
  }

  /** Lines of blanks contain no record; without line ends every run of the length is a record. */
  private isBlank(bytes: Buffer, start: number, end: number): boolean {
    if (!this.options.lineEnds) return end === start;
    for (let i = start; i < end; i += 1) if (bytes[i] !== 0x20) return false;
    return true;
  }

  /** Rows as ranges of the block's text; undefined where it is not all valid, or a column cuts a character in two. */
  private cutOut(bytes: Buffer, starts: readonly number[], ends: readonly number[]): FixedRows | undefined {
    const { cursor, edges, edgesOf, finishers } = this;
    if (cursor === undefined) return undefined;
    const text = this.wholeText(bytes);
    if (text === undefined) return undefined;
    const positions = new Int32Array(starts.length * edges.length);
    cursor.open(bytes);
    for (let i = 0; i < starts.length; i += 1) {
      const start = starts[i] ?? 0;
      if ((ends[i] ?? 0) - start < this.least) return undefined;
      if (!cursor.positions(start, edges, positions, i * edges.length)) return undefined;
    }
    // in UTF-8 no short byte sequence indicates the signs that `isMisread` detects
    const mayShow = cursor.doubtful ? suspectText(text) || mayHoldMarks(text) : this.encoding === 'utf-8';
    if (mayShow && (cursor.doubtful || isMisread(text))) this.suspect = true;
    return new FixedRows(text, positions, edges.length, edgesOf, finishers);
  }

  private wholeText(bytes: Buffer): string | undefined {
    try {
      return this.blockDecoder.decode(bytes);
    } catch {
      return undefined;
    }
  }

  /** Each cell is cut out of the bytes and decoded on its own. */
  private cutEach(
    batch: TableBuilder,
    bytes: Buffer,
    starts: readonly number[],
    ends: readonly number[],
  ): void {
    const text = bytes.toString('latin1');
    const ascii = isAscii(bytes);
    if (control.test(text) || mayHoldMarks(text)) this.suspect = true;
    for (const [i, start] of starts.entries())
      batch.records.push(this.cells(bytes, text, ascii, start, ends[i] ?? 0));
    this.decoder.flush((cell, index, valid, cells) => {
      if (!valid) this.undecodable.add(cells, index);
      return this.finished(cell, index, valid);
    });
  }

  private cells(bytes: Buffer, text: string, ascii: boolean, start: number, end: number): Cell[] {
    const { layout, finishers } = this;
    const cells: Cell[] = [];
    for (let i = 0; i < layout.length; i += 1) {
      const column = layout[i];
      if (column === undefined) continue;
      const from = start + column.start;
      if (column.occurs !== undefined) {
        cells.push(this.list(bytes, text, ascii, i, from, end));
        continue;
      }
      const to = Math.min(from + column.length, end);
      const cell = from >= to ? '' : text.slice(from, to);
      cells.push(cell);
      if (!ascii && highByte.test(cell)) this.decoder.add(bytes, from, to, cells, i);
      else cells[i] = finishers[i]?.(cell) ?? null;
    }
    return cells;
  }

  /** The cells of a column that occurs several times. */
  private list(
    bytes: Buffer,
    text: string,
    ascii: boolean,
    index: number,
    from: number,
    end: number,
  ): Cell[] {
    const { length = 0, occurs = 0 } = this.layout[index] ?? {};
    const finish = this.finishers[index];
    const list: Cell[] = [];
    for (let n = 0; n < occurs; n += 1) {
      const at = from + n * length;
      const to = Math.min(at + length, end);
      const cell = at >= to ? '' : text.slice(at, to);
      list.push(cell);
      if (!ascii && highByte.test(cell)) this.decoder.add(bytes, at, to, list, n, index);
      else list[n] = finish?.(cell) ?? null;
    }
    return list;
  }

  private finished(cell: string, index: number, valid: boolean): string | null {
    if (!valid || suspectText(cell)) this.suspect = true;
    return this.finishers[index]?.(cell) ?? null;
  }
}

/** Fixed-width records of one line each can be divided at any line end. */
function divideFixed(options: FixedOptions, start: Uint8Array): Division | undefined {
  if (!options.lineEnds || options.recordLines > 1 || options.trailer !== undefined) return undefined;
  if (isWide(encodingOf(options.encoding)) || byteOrderMark(start) !== undefined) return undefined;
  return {
    maxRecordBytes: options.maxRecordBytes,
    pairs: undefined,
    head: options.skipLines + 1,
    later: (_columns, first): FixedOptions => {
      const lineEnd = firstLineEnd(first);
      return { ...options, skipLines: 0, inside: true, ...defined({ lineEnd }) };
    },
  };
}
