/** DBF tables of dBase, FoxPro and Clipper. */
import { isAscii } from 'node:buffer';
import { Problem } from '../../terms/problem.ts';
import { classOfValue, type RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem, rowRules } from '../reading/rowRules.ts';
import {
  tableBatch,
  type CompanionFiles,
  type Bytes,
  type Cell,
  type Format,
  type TableBatch,
  type TableBuilder,
} from '../reading/reader.ts';
import { UndecodableCells } from '../reading/text/cellDecoder.ts';
import { soundRows } from '../reading/text/soundRows.ts';
import type { Doubt } from '../reading/doubt.ts';
import { mayBeMarked, withoutMarks } from '../reading/text/spreadsheetMarks.ts';
import { evenChunks } from '../reading/text/evenChunks.ts';
import { suspectText } from '../reading/text/textBlock.ts';
import { codePageOfCpg } from './codePages.ts';
import { CellFault, fieldReader, isPadding, undecoded, type ReadField } from './fieldReader.ts';
import { headerLengthOf, headerStart, parseDbfHeader, type DbfField, type DbfHeader } from './header.ts';
import { memoReader } from './memo.ts';
import { dbfOptionsSchema, type DbfOptions } from './options.ts';
import { TableText, type NamedCodePage } from './tableText.ts';

export const dbf: Format = {
  name: 'dbf',
  title: { zh: 'DBF 表', en: 'DBF table' },
  optionsSchema: dbfOptionsSchema,
  read: (bytes, options, companions) => readDbf(bytes, options as DbfOptions, companions ?? {}),
};

/** @throws Problem file_empty, file_truncated, format_refused, dbf_header_wrong, dbf_memo_missing, encoding_unknown */
async function* readDbf(
  bytes: Bytes,
  options: DbfOptions,
  companions: CompanionFiles,
): AsyncGenerator<TableBatch> {
  let held: Buffer = Buffer.alloc(0);
  let table: DbfTable | undefined;
  let offset = 0;
  for await (const chunk of evenChunks(bytes)) {
    held = held.length === 0 ? asBuffer(chunk) : Buffer.concat([held, chunk]);
    if (table === undefined) {
      const header = wholeHeader(held);
      if (header === undefined) continue;
      table = new DbfTable(header, options, companions);
      held = held.subarray(header.headerLength);
      offset = header.headerLength;
    }
    const used = table.usable(held);
    if (used > 0) yield table.batch(held.subarray(0, used));
    held = table.afterEnd(held.subarray(used));
    offset += used;
  }
  if (table === undefined) {
    if (held.length === 0) throw new Problem('file_empty');
    const expected = held.length < headerStart ? headerStart : headerLengthOf(held);
    throw new Problem('file_truncated', { record: 0, byte: 0, expected, received: held.length });
  }
  yield table.finish(held, offset);
}

const asBuffer = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);

function wholeHeader(bytes: Buffer): DbfHeader | undefined {
  if (bytes.length < headerStart) return undefined;
  const length = headerLengthOf(bytes);
  return bytes.length < length ? undefined : parseDbfHeader(bytes.subarray(0, length));
}

const endOfFile = 0x1a;
/** Padding bytes at the end of a file: zeros, end marks, white space. */
const isFiller = (byte: number): boolean =>
  byte === 0 || byte === endOfFile || byte === 0x20 || byte === 0x0d || byte === 0x0a;

/** @throws Problem encoding_unknown for a .cpg file that names no known code page */
function namedCodePage(
  { codePage }: DbfHeader,
  { encoding }: DbfOptions,
  companions: CompanionFiles,
): NamedCodePage | undefined {
  if (encoding !== 'auto') return { encoding, by: 'options' };
  if (companions.codePage !== undefined) return { encoding: codePageOfCpg(companions.codePage), by: 'cpg' };
  return codePage === undefined ? undefined : { encoding: codePage, by: 'header' };
}

/** Whether a doubt is not caused by the wrong encoding: text read in a wrong encoding has the signs of an earlier wrong decoding. */
const isNoEcho = ({ problem }: Doubt): boolean => problem.rule !== 'encoding.mojibake';

const truncated = (record: number, byte: number, expected: number, received: number): Problem =>
  new Problem('file_truncated', { record, byte, expected, received });

class DbfTable {
  private readonly header: DbfHeader;
  private readonly options: DbfOptions;
  private readonly fields: readonly DbfField[];
  private readonly readers: readonly ReadField[];
  private readonly textFields: readonly DbfField[];
  private readonly textColumns: readonly number[];
  private readonly text: TableText;
  /** set when the code page is known */
  private columns: readonly string[] | undefined;
  private record = 0;
  private ended = false;
  /** whether significant bytes follow the end mark */
  private hasBytesAfterEnd = false;
  private suspect = false;
  private readonly undecodable = new UndecodableCells();

  constructor(header: DbfHeader, options: DbfOptions, companions: CompanionFiles) {
    this.header = header;
    this.options = options;
    this.text = new TableText(namedCodePage(header, options, companions));
    const hasMemo = header.fields.some(
      ({ type }) => 'MGPW'.includes(type) || (type === 'B' && !header.foxpro),
    );
    if (hasMemo && companions.memo === undefined && options.memo === 'required')
      throw new Problem('dbf_memo_missing');
    const memo =
      hasMemo && companions.memo !== undefined && options.memo === 'required'
        ? memoReader(companions.memo, header)
        : undefined;
    this.fields = header.fields.filter(({ hidden }) => !hidden);
    this.textFields = this.fields.filter(({ type }) => type === 'C' || type === 'V');
    this.textColumns = this.fields.flatMap(({ type }, index) =>
      type === 'C' || type === 'V' ? [index] : [],
    );
    const decode = (bytes: Uint8Array): string | undefined => this.examined(this.text.decode(bytes));
    this.readers = this.fields.map((field) => fieldReader(field, header, memo, decode));
  }

  /** Column names, decoded like the text of the first records. */
  private named(records: Buffer): readonly string[] {
    const ascii = isAscii(records);
    if (this.text.undecided && (!ascii || this.columns === undefined))
      this.text.detectEncoding(this.sample(ascii ? Buffer.alloc(0) : records, this.columns === undefined));
    this.columns ??= this.fields.map(({ name }) => this.text.decode(Buffer.from(name, 'latin1')) ?? name);
    return this.columns;
  }

  /** The text fields of some records, and optionally the names, in lines. */
  private sample(records: Buffer, names: boolean): Buffer {
    const parts: Buffer[] = names ? this.fields.map(({ name }) => Buffer.from(`${name}\n`, 'latin1')) : [];
    const { recordLength } = this.header;
    const line = Buffer.from('\n');
    for (let at = 0; at < records.length; at += recordLength)
      for (const { offset, length } of this.textFields) {
        const bytes = records.subarray(at + offset, at + offset + length);
        if (!isAscii(bytes)) parts.push(bytes, line);
      }
    return Buffer.concat(parts);
  }

  /** Bytes of whole records, up to the mark that ends the file. @throws Problem file_truncated for a mark before the last declared record */
  usable(bytes: Buffer): number {
    if (this.ended) return 0;
    const { recordLength, headerLength, records } = this.header;
    let at = 0;
    while (at + recordLength <= bytes.length && bytes[at] !== endOfFile) at += recordLength;
    if (bytes[at] !== endOfFile) return at;
    const found = this.record + at / recordLength;
    // what follows must not be collected: it can be gigabytes
    if (found < records) throw truncated(found + 1, headerLength + found * recordLength, recordLength, 0);
    this.ended = true;
    return at;
  }

  /** The remaining bytes to read; after the end mark only their presence is checked. */
  afterEnd(rest: Buffer): Buffer {
    if (!this.ended) return rest;
    this.hasBytesAfterEnd ||= rest.some((byte) => !isFiller(byte));
    return rest.subarray(0, 1);
  }

  batch(bytes: Buffer): TableBatch {
    const columns = this.named(bytes);
    const batch = tableBatch(columns);
    const text = bytes.toString('latin1');
    const { recordLength } = this.header;
    this.suspect = text.includes('\0');
    this.text.contradicted = false;
    for (let at = 0; at < bytes.length; at += recordLength) {
      this.record += 1;
      const flag = bytes[at];
      if (flag === 0x2a && this.options.deleted === 'skip') {
        batch.skipped += 1;
        continue;
      }
      if (flag !== 0x20 && flag !== 0x2a) {
        const problem = recordProblem(this.record, 'dbf.flag', `byte ${(flag ?? 0).toString(16)}`);
        batch.bad.push({ line: this.record, problems: [problem], raw: [text.slice(at, at + recordLength)] });
        continue;
      }
      this.add(batch, text, bytes, at);
    }
    this.text.report(batch);
    this.undecodable.clear();
    this.text.cells?.flush((cell, index, valid, cells) => {
      if (!valid || suspectText(cell)) this.suspect = true;
      if (valid) return cell;
      this.undecodable.add(cells, index);
      return `${cell}\ufffd`;
    });
    if (this.options.spreadsheetMarks === 'remove') removeMarks(batch, this.textColumns);
    if (!this.suspect) return batch;
    // a DOS page has no U+FFFD: here it represents a byte without a character
    const isDosPage = this.text.cells === undefined;
    const sound = soundRows(
      batch,
      columns,
      (cells, index) => isDosPage || this.undecodable.has(cells, index),
    );
    return this.text.isFileDoubted ? { ...sound, doubts: sound.doubts.filter(isNoEcho) } : sound;
  }

  private add(batch: TableBuilder, text: string, bytes: Buffer, at: number): void {
    const cells: Cell[] = [];
    let problems: RowProblem[] | undefined;
    let contradicted: number[] | undefined;
    for (let i = 0; i < this.readers.length; i += 1) {
      let cell = this.readers[i]?.(text, bytes, at);
      if (cell === undecoded) cell = this.decoded(bytes, at, cells, i);
      if (this.text.contradicted) {
        this.text.contradicted = false;
        (contradicted ??= []).push(i);
      }
      if (cell instanceof CellFault) {
        const raw = this.raw(text, at, i);
        (problems ??= []).push(this.problem(cell, i, raw));
        cell = raw;
      }
      cells[i] = cell;
    }
    if (problems !== undefined) {
      batch.bad.push({ line: this.record, problems, raw: cells });
      return;
    }
    for (const index of contradicted ?? []) {
      const problem = this.text.contradiction(this.record, index + 1, this.columns?.[index] ?? '');
      batch.doubts.push({ record: batch.records.length, problem });
    }
    batch.records.push(cells);
    batch.lines.push(this.record);
  }

  private decoded(bytes: Buffer, at: number, cells: Cell[], index: number): Cell {
    const field = this.fields[index];
    if (field === undefined) return null;
    const start = at + field.offset;
    let end = start + field.length;
    while (end > start && isPadding(bytes[end - 1])) end -= 1;
    // ASCII does not decide the code page; a memo that decides it later would replace the queue
    if (isAscii(bytes.subarray(start, end))) return this.examined(bytes.toString('latin1', start, end));
    if (this.text.cells !== undefined) {
      this.text.contradicted = this.text.isUtf8(bytes, start, end);
      this.text.cells.add(bytes, start, end, cells, index);
      return '';
    }
    return this.examined(this.text.decode(bytes.subarray(start, end))) ?? null;
  }

  /** A text that was decoded alone. Its rows are examined where it may have a sign of damage. */
  private examined<T extends string | undefined>(text: T): T {
    if (text !== undefined && suspectText(text)) this.suspect = true;
    return text;
  }

  /** A cell as written in the file; null where it is no text. */
  private raw(text: string, at: number, index: number): string | null {
    const field = this.fields[index];
    if (field === undefined || !'NFLDMV'.includes(field.type)) return null;
    return text.slice(at + field.offset, at + field.offset + field.length);
  }

  private problem(fault: CellFault, index: number, raw: string | null): RowProblem {
    return {
      line: this.record,
      column: index + 1,
      header: this.columns?.[index] ?? '',
      field: '',
      rule: fault.rule,
      got: classOfValue(raw, false),
      message: rowRules[fault.rule],
    };
  }

  /** Checks the bytes after the last record: none, or the end mark. @throws Problem file_truncated */
  finish(rest: Buffer, offset: number): TableBatch {
    const { records, recordLength } = this.header;
    const batch = tableBatch(this.named(Buffer.alloc(0)));
    this.text.report(batch);
    const body = this.ended ? 0 : rest.length;
    if (this.record < records || body > 1) throw truncated(this.record + 1, offset, recordLength, body);
    if (this.hasBytesAfterEnd)
      batch.doubts.push({ record: 'file', problem: recordProblem(0, 'dbf.more', 'bytes') });
    if (this.record > records) {
      const facts = { declared: records, found: this.record };
      const problem = recordProblem(0, 'dbf.count', `${this.record} records`, facts);
      batch.doubts.push({ record: 'file', problem });
    }
    return batch;
  }
}

/** Removes marks that a spreadsheet put around a text to show it as text, with a warning for each. @param columns indexes of the text columns, from 0 */
function removeMarks(batch: TableBuilder, columns: readonly number[]): void {
  for (const [record, cells] of batch.records.entries())
    for (const index of columns) {
      const cell = cells[index];
      if (typeof cell !== 'string' || !mayBeMarked(cell)) continue;
      const plain = withoutMarks(cell);
      if (plain === cell) continue;
      (cells as Cell[])[index] = plain;
      const line = batch.lines[record] ?? 0;
      const problem = recordProblem(line, 'spreadsheet.mark', classOfValue(cell, false));
      batch.warnings.push({ ...problem, column: index + 1, header: batch.columns[index] ?? '' });
    }
}
