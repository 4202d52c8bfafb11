/** Fixed-width text. Offsets count bytes: a Chinese character takes two of them in GBK, and a cell is cut before it is decoded. */
import { isAscii } from 'node:buffer';
import { Problem } from '../../terms/problem.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem } from '../rowRules.ts';
import { tableBatch, type Bytes, type Cell, type Format, type TableBatch } from '../reader.ts';
import { encodingOf } from '../text/encodings.ts';
import { soundRows } from '../text/soundRows.ts';
import { suspectText } from '../text/textBlock.ts';
import { TextDecoder } from 'node:util';
import { CellDecoder } from './cellDecoder.ts';
import { fixedRecords, type ByteRecords } from './fixedRecords.ts';
import { TextCursor } from './textCursor.ts';
import { fixedOptionsSchema, type FixedColumn, type FixedOptions } from './options.ts';

export const fixed: Format = {
  name: 'fixed',
  title: { zh: '定长文本', en: 'Fixed-width text' },
  optionsSchema: fixedOptionsSchema,
  read: (bytes, options) => readFixed(bytes, options as FixedOptions),
};

/** @throws Problem file_empty, file_truncated, file_record_too_long, encoding_unknown */
export async function* readFixed(bytes: Bytes, options: FixedOptions): AsyncGenerator<TableBatch> {
  const cutter = new FixedCutter(options);
  let records = 0;
  for await (const block of fixedRecords(bytes, options)) {
    records += block.lines.length;
    if (block.lines.length > 0) yield cutter.cut(block);
  }
  if (records === 0) throw new Problem('file_empty');
}

const highByte = /[\x80-\xff]/;
const blank = /^[ \t\u3000]*$/;

class FixedCutter {
  private readonly options: FixedOptions;
  private readonly columns: readonly string[];
  private readonly layout: readonly FixedColumn[];
  private readonly finishers: readonly ((text: string) => string | null)[];
  private readonly decoder: CellDecoder;
  private readonly blockDecoder: TextDecoder;
  private readonly cursor: TextCursor | undefined;
  /** byte offsets at which cells begin or end, ascending, and for each column which of them */
  private readonly edges: readonly number[];
  private readonly edgesOf: readonly (readonly [start: number, end: number])[];
  private readonly positions: Int32Array;
  /** bytes that a record must have */
  private readonly least: number;
  private suspect = false;
  private undecodable = false;

  constructor(options: FixedOptions) {
    this.options = options;
    this.layout = options.columns;
    this.columns = options.columns.map(({ name }) => name);
    this.finishers = options.columns.map(finisher);
    const encoding = encodingOf(options.encoding);
    this.decoder = new CellDecoder(encoding);
    this.blockDecoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
    this.cursor = options.columns.some(({ occurs }) => occurs !== undefined)
      ? undefined
      : TextCursor.of(encoding);
    this.edges = [...new Set(options.columns.flatMap(({ start, length }) => [start, start + length]))].sort(
      (a, b) => a - b,
    );
    this.edgesOf = options.columns.map(({ start, length }) => [
      this.edges.indexOf(start),
      this.edges.indexOf(start + length),
    ]);
    this.positions = new Int32Array(this.edges.length);
    this.least =
      options.recordLength ?? Math.max(...options.columns.map((c) => c.start + c.length * (c.occurs ?? 1)));
  }

  cut({ bytes, ranges, lines }: ByteRecords): TableBatch {
    const batch = tableBatch(this.columns);
    const text = bytes.toString('latin1');
    const ascii = isAscii(bytes);
    this.suspect = text.includes('\0');
    this.undecodable = false;
    const whole = ascii ? undefined : this.wholeText(bytes);
    for (const [i, line] of lines.entries()) {
      const start = ranges[i * 2] ?? 0;
      const end = ranges[i * 2 + 1] ?? 0;
      if (end === start) {
        batch.skipped += 1;
        continue;
      }
      const fault = this.lengthFault(end - start, line);
      if (fault !== undefined) {
        batch.bad.push({ line, problems: [fault], raw: [text.slice(start, end)] });
        continue;
      }
      batch.records.push(this.cutOut(whole, start, end) ?? this.cells(bytes, text, ascii, start, end));
      batch.lines.push(line);
    }
    this.decoder.flush((cell, index, valid) => this.finished(cell, index, valid));
    return this.suspect ? soundRows(batch, this.columns, this.undecodable) : batch;
  }

  /** The block's text, where all of it is valid: then cells are cut out of it and need not be decoded one by one. */
  private wholeText(bytes: Buffer): string | undefined {
    if (this.cursor === undefined) return undefined;
    try {
      const text = this.blockDecoder.decode(bytes);
      if (suspectText(text)) this.suspect = true;
      this.cursor.open(bytes);
      return text;
    } catch {
      return undefined;
    }
  }

  /** Cells of a record by their text positions; undefined where a column cuts a character in two. */
  private cutOut(whole: string | undefined, start: number, end: number): Cell[] | undefined {
    const { cursor, edges, edgesOf, positions, finishers } = this;
    if (whole === undefined || cursor === undefined || end - start < this.least) return undefined;
    for (let i = 0; i < edges.length; i += 1) {
      const unit = cursor.unitAt(start + (edges[i] ?? 0));
      if (unit < 0) return undefined;
      positions[i] = unit;
    }
    const cells: Cell[] = [];
    for (let i = 0; i < edgesOf.length; i += 1) {
      const pair = edgesOf[i];
      if (pair === undefined) continue;
      cells.push(finishers[i]?.(whole.slice(positions[pair[0]], positions[pair[1]])) ?? null);
    }
    return cells;
  }

  private lengthFault(found: number, line: number): RowProblem | undefined {
    const { recordLength, short } = this.options;
    const facts = { expected: this.least, found };
    if (found < this.least && short === 'bad')
      return recordProblem(line, 'fixed.short', `${found} bytes`, facts);
    if (recordLength !== undefined && found > recordLength)
      return recordProblem(line, 'fixed.long', `${found} bytes`, facts);
    return undefined;
  }

  private cells(bytes: Buffer, text: string, ascii: boolean, start: number, end: number): Cell[] {
    const { layout, finishers } = this;
    const cells: Cell[] = [];
    for (let i = 0; i < layout.length; i += 1) {
      const column = layout[i];
      if (column === undefined) continue;
      const from = start + column.start;
      if (column.occurs !== undefined) {
        cells.push(this.list(text, column, finishers[i], from, end));
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

  /** Repeated cells are numbers or codes; those with bytes above 7F would need a name each and are read as they stand. */
  private list(
    text: string,
    column: FixedColumn,
    finish: ((text: string) => string | null) | undefined,
    from: number,
    end: number,
  ): Cell[] {
    const list: Cell[] = [];
    for (let n = 0; n < (column.occurs ?? 0); n += 1) {
      const at = from + n * column.length;
      list.push(at >= end ? null : (finish?.(text.slice(at, Math.min(at + column.length, end))) ?? null));
    }
    return list;
  }

  private finished(cell: string, index: number, valid: boolean): string | null {
    if (!valid) this.undecodable = true;
    if (!valid || suspectText(cell)) this.suspect = true;
    return this.finishers[index]?.(cell) ?? null;
  }
}

/** Blanks, leading zeros and sentinels of one column. An all-blank cell is null: in fixed width there is no empty text. */
function finisher(column: FixedColumn): (text: string) => string | null {
  const nulls = column.nulls === undefined ? undefined : new Set(column.nulls);
  const { trim, zeros } = column;
  return (cell) => {
    let text =
      trim === 'both'
        ? cell.trim()
        : trim === 'left'
          ? cell.trimStart()
          : trim === 'right'
            ? cell.trimEnd()
            : cell;
    if (text === '' || (trim === 'none' && blank.test(text))) return null;
    if (nulls?.has(text.trim()) === true) return null;
    if (zeros === 'strip') text = text.replace(/^(-?)0+(?=\d)/, '$1');
    return text;
  };
}
