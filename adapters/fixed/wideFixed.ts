/** Fixed-width UTF-16: offsets count bytes here too, two for most characters and four for those beyond U+FFFF. */
import { Problem } from '../../terms/problem.ts';
import type { RowProblem } from '../../terms/rowProblem.ts';
import { Trailer } from '../reading/trailer.ts';
import { tableBatch, type Cell, type TableBatch, type TableBuilder } from '../reading/reader.ts';
import { recordProblem } from '../reading/rowRules.ts';
import { cellFault, cellWarning, type CellPlace } from '../reading/text/cellFaults.ts';
import { markWarning, mayHoldMarks, withoutMarks } from '../reading/text/spreadsheetMarks.ts';
import { suspectText } from '../reading/text/textBlock.ts';
import { textDoubt, withoutEchoes } from '../reading/text/textSigns.ts';
import type { MarkedFile } from '../reading/text/fileMark.ts';
import { recordsAtOnce } from './cellLimits.ts';
import { finisher, type Finisher } from './finisher.ts';
import type { FixedColumn, FixedOptions } from './options.ts';
import { isDoubted } from './lineEndDoubt.ts';
import { minBytes, lengthFault } from './recordLength.ts';
import { wideRecords, type WideRecord } from './wideRecords.ts';

/** @throws Problem file_empty, file_truncated, file_record_too_long */
export async function* readWideFixed(file: MarkedFile, options: FixedOptions): AsyncGenerator<TableBatch> {
  const cutter = new WideCutter(options);
  const atOnce = recordsAtOnce(options);
  let records = 0;
  for await (const block of wideRecords(file, options)) {
    records += block.length;
    for (let at = 0; at < block.length; at += atOnce) yield cutter.cut(block.slice(at, at + atOnce));
  }
  if (records === 0) throw new Problem('file_empty');
  const rest = cutter.finish();
  if (rest !== undefined) yield rest;
}

/** Surrogates, and the characters that suspectText detects: texts without them need no check of each cell. */
const surrogate = /[\ud800-\udfff]/;

export class WideCutter {
  private readonly options: FixedOptions;
  private readonly names: readonly string[];
  private readonly finishers: readonly Finisher[];
  private readonly least: number;
  private readonly trailer: Trailer | undefined;
  /** whether every cell begins and ends between two units */
  private readonly even: boolean;

  constructor(options: FixedOptions) {
    this.options = options;
    this.names = options.columns.map(({ name }) => name);
    this.finishers = options.columns.map(finisher);
    this.least = minBytes(options);
    this.trailer = Trailer.of(options.trailer, 2);
    const { columns, lineEnds, recordLength = 0 } = options;
    this.even =
      columns.every(({ start, length }) => start % 2 === 0 && length % 2 === 0) &&
      (lineEnds || recordLength % 2 === 0);
  }

  /** @param doubtsOf further doubts about a record of the block */
  cut(block: readonly WideRecord[], doubtsOf?: (index: number) => readonly RowProblem[]): TableBatch {
    const batch = tableBatch(this.names);
    for (const [index, found] of block.entries()) {
      const record = this.unmarked(found, batch);
      const { line, text, bytes } = record;
      const isBlank =
        bytes === 0 || (this.options.lineEnds && bytes === text.length * 2 && /^ +$/.test(text));
      if (isBlank || this.isTrailer(record, batch)) {
        batch.skipped += 1;
        continue;
      }
      const fault = this.recordFault(record);
      if (fault !== undefined) {
        batch.bad.push({ line, problems: [fault], raw: [text.toWellFormed()] });
        continue;
      }
      const problems: RowProblem[] = [];
      const reported: Reported = { problems, warnings: batch.warnings, doubts: [] };
      const cells = this.cells(record, reported);
      if (problems.length > 0) batch.bad.push({ line, problems, raw: cells });
      else {
        if (isDoubted(record.lineEndDoubt, bytes < this.least))
          reported.doubts.push(recordProblem(line, 'lines.end', `${text.length} characters`));
        for (const problem of withoutEchoes([...(doubtsOf?.(index) ?? []), ...reported.doubts]))
          batch.doubts.push({ record: batch.lines.length, problem });
        batch.records.push(cells);
        batch.lines.push(line);
      }
    }
    return batch;
  }

  /** A record without the byte order mark that precedes it in joined files. */
  private unmarked(record: WideRecord, batch: TableBuilder): WideRecord {
    const { line, text, bytes } = record;
    if (!text.startsWith('\ufeff') || !this.options.lineEnds) return record;
    batch.warnings.push(recordProblem(line, 'text.mark', 'record'));
    return { ...record, text: text.slice(1), bytes: bytes - 2 };
  }

  private isTrailer(record: WideRecord, batch: TableBuilder): boolean {
    const doubts = this.trailer?.take((start, length) => cutOut(record, start, length), record.line);
    for (const problem of doubts ?? []) batch.doubts.push({ record: 'file', problem });
    return doubts !== undefined;
  }

  /** Checks at the end of the file. */
  finish(): TableBatch | undefined {
    const problem = this.trailer?.missing();
    return problem === undefined
      ? undefined
      : { ...tableBatch(this.names), doubts: [{ record: 'file', problem }] };
  }

  private recordFault({ line, bytes }: WideRecord): RowProblem | undefined {
    const fault = lengthFault(this.options, this.least, bytes, line);
    // half a character at the end of a line: the file was cut off
    if (fault === undefined && this.options.lineEnds && bytes % 2 === 1)
      return recordProblem(line, 'encoding.invalid', `${bytes} bytes`);
    return fault;
  }

  /** The cells of a record; findings go to `reported`. */
  private cells(record: WideRecord, reported: Reported): Cell[] {
    const doubtful =
      !this.even || surrogate.test(record.text) || suspectText(record.text) || mayHoldMarks(record.text);
    return this.options.columns.map((column, index) => {
      const finish = this.finishers[index] ?? String;
      const place = { line: record.line, column: index + 1, header: column.name };
      let texts = textsOf(record, column);
      if (doubtful) {
        if (this.options.spreadsheetMarks === 'remove')
          texts = texts.map((text) => unmarked(text, place, reported));
        look(texts, place, reported);
      }
      const cells = texts.map((text) => finish(text.toWellFormed()));
      return column.occurs === undefined ? cells[0] : cells;
    });
  }
}

/** Findings in the cells of a record. */
interface Reported {
  readonly problems: RowProblem[];
  readonly warnings: RowProblem[];
  readonly doubts: RowProblem[];
}

/** Checks for characters that make a cell unusable or doubtful: halves of characters, NUL, lost, private-use and invisible ones. */
function look(texts: readonly string[], place: CellPlace, reported: Reported): void {
  const broken = texts.some((text) => !text.isWellFormed());
  const text = texts.map((one) => one.toWellFormed()).join('');
  const fault = cellFault(text, place, broken);
  if (fault !== undefined) reported.problems.push(fault);
  const warning = cellWarning(text, place);
  if (warning !== undefined) reported.warnings.push(warning);
  const doubt = textDoubt(text, place);
  if (doubt !== undefined) reported.doubts.push(doubt);
}

function unmarked(text: string, place: CellPlace, { warnings }: Reported): string {
  const value = withoutMarks(text.trim());
  if (value === text.trim()) return text;
  warnings.push(markWarning(value, place));
  return value;
}

/** The cells of a column: one, or one for each occurrence. */
function textsOf(record: WideRecord, { start, length, occurs }: FixedColumn): string[] {
  if (occurs === undefined) return [cutOut(record, start, length)];
  return Array.from({ length: occurs }, (_, n) => cutOut(record, start + n * length, length));
}

/** Text of a range of bytes; a half of a unit is a lone surrogate, as half of a pair is. */
function cutOut({ text, bytes }: WideRecord, start: number, length: number): string {
  const end = Math.min(start + length, bytes);
  if (start >= end) return '';
  const whole = text.slice((start + 1) >> 1, end >> 1);
  return `${start % 2 === 1 ? '\udc00' : ''}${whole}${end % 2 === 1 ? '\ud800' : ''}`;
}
