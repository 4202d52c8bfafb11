/** Translates the bytes of one file into valid rows of one schema, in batches. It accounts for every record that did not become a row. */
import type { CompiledSchema } from '../schemas/compile.ts';
import type { RowProblem } from '../terms/rowProblem.ts';
import { refuseDoubtedFile, sortedDoubts } from './reading/doubt.ts';
import { formatNamed } from './formats.ts';
import { KeyGuard, KeyHash } from './keyGuard.ts';
import { bindMapping, rowOf, type BoundMapping, type Row } from './mapping/bind.ts';
import type { CompiledMapping } from './mapping/compile.ts';
import { RecordCursor } from './mapping/recordCursor.ts';
import type { BadRecord, CompanionFiles, Bytes, RawRecord, RecordBatch, Records } from './reading/reader.ts';

/** Result of one batch of records. Invariant: records = lines.length + bad.length + skipped. */
export interface BatchAccount {
  /** physical line (or record number) of each row */
  readonly lines: number[];
  /** records that gave no row, in the order of the file, with every reason and the record as it was read */
  readonly bad: readonly BadRecord[];
  readonly warnings: readonly RowProblem[];
  /** doubts about delivered rows, and about the file */
  readonly doubts: readonly RowProblem[];
  /** rows that a doubt is about: their indexes in `lines` */
  readonly doubted: readonly number[];
  /** number of doubts about the whole file */
  readonly fileDoubts: number;
  readonly skipped: number;
  readonly records: number;
  /** column names of the file, for returning bad records; empty for nested formats */
  readonly columns: readonly string[];
}

export interface TranslatedBatch extends BatchAccount {
  readonly rows: readonly Row[];
}

/**
 * Takes valid rows one by one, in the order of the file.
 * @param values one a mapped field; the array is reused for the next row
 * @param index of its record in the batch, from 0
 * @returns why the row is rejected after all; undefined where it was taken
 */
export type RowSink = (
  values: readonly unknown[],
  line: number,
  index: number,
) => readonly RowProblem[] | undefined;

/**
 * Translates a file. A record whose primary key occurred in an earlier record of the file is bad. Rows are in the order of the file; values
 * are new, the chunks are not retained. Pure: no clock, no files.
 * @throws Problem when the file as a whole cannot be read or lacks columns that the mapping names
 */
export function translate(
  chunks: Bytes,
  mapping: CompiledMapping,
  schema: CompiledSchema,
  companions?: CompanionFiles,
): AsyncGenerator<TranslatedBatch> {
  const batches = formatNamed(mapping.format).read(chunks, mapping.options, companions);
  return translateRecords(batches, mapping, schema);
}

/**
 * The same for records that are already available, such as those of a database cursor.
 * @param keySalt random where another party may choose the keys (KeyHash)
 */
export async function* translateRecords(
  batches: AsyncIterable<RecordBatch>,
  mapping: CompiledMapping,
  schema: CompiledSchema,
  keySalt = 0,
): AsyncGenerator<TranslatedBatch> {
  let rows: Row[] = [];
  let translator: BatchTranslator | undefined;
  for await (const batch of batches) {
    if (translator === undefined) {
      const bound = bindMapping(mapping, schema, batch);
      const take: RowSink = (values) => void rows.push(rowOf(bound.names, values));
      const keys = KeyHash.of(schema.schema, bound.names, keySalt);
      translator = new BatchTranslator(bound, uniqueKeys(bound, keys, take));
    }
    yield { ...translator.translate(batch), rows };
    rows = [];
  }
}

/** Rejects rows whose key an earlier row of the file has. */
function uniqueKeys(bound: BoundMapping, hash: KeyHash | undefined, sink: RowSink): RowSink {
  if (hash === undefined) return sink;
  const keys = new KeyGuard();
  return (values, line, index) => {
    hash.take(values);
    const first = keys.seen(hash.high, hash.low, line);
    return first === undefined ? sink(values, line, index) : [bound.repeated(line, first)];
  };
}

/** Translates batch after batch of one file. */
export class BatchTranslator {
  private readonly bound: BoundMapping;
  private readonly sink: RowSink;
  private readonly cursor = new RecordCursor();
  private readonly values: unknown[];

  constructor(bound: BoundMapping, sink: RowSink) {
    this.bound = bound;
    this.sink = sink;
    this.values = bound.names.map(() => undefined);
  }

  /** @throws Problem file_doubtful where the mapping rejects doubts and there is one about the whole file */
  translate(batch: RecordBatch): BatchAccount {
    const { file, byRecord } =
      batch.doubts.length === 0 ? noDoubts : sortedDoubts(batch.doubts, this.bound.reads);
    const strict = this.bound.doubts === 'refuse';
    if (strict) refuseDoubtedFile(file);
    const doubts = [...file];
    const doubted: number[] = [];
    const lines: number[] = [];
    const failed: BadRecord[] = [];
    let skipped = batch.skipped;
    const records: Records<RawRecord> = batch.records;
    this.cursor.open(records);
    for (let i = 0; i < records.length; i += 1) {
      const line = batch.lines[i] ?? 0;
      this.cursor.move(i);
      const doubt = byRecord.size === 0 ? undefined : byRecord.get(i);
      const problems = doubt !== undefined && strict ? this.refused(line, doubt) : this.row(line, i);
      if (problems === 'row') {
        if (this.reports(doubt, line, doubts)) doubted.push(lines.length);
        lines.push(line);
      } else if (problems === 'skip') skipped += 1;
      else failed.push({ line, problems, raw: this.cursor.record() });
    }
    const bad =
      failed.length === 0 ? batch.bad : batch.bad.length === 0 ? failed : inFileOrder(batch.bad, failed);
    return {
      lines,
      bad,
      warnings: batch.warnings,
      doubts,
      doubted,
      fileDoubts: file.length,
      skipped,
      records: lines.length + bad.length + skipped,
      columns: batch.kind === 'table' ? batch.columns : [],
    };
  }

  /** Adds the doubts about a record that gave a row. @returns whether there are any */
  private reports(doubt: readonly RowProblem[] | undefined, line: number, doubts: RowProblem[]): boolean {
    const own = this.own(line);
    if (doubt === undefined && own.length === 0) return false;
    doubts.push(...(doubt ?? []), ...own);
    return true;
  }

  /** Doubts of the mapping about the record under the cursor. */
  private own(line: number): readonly RowProblem[] {
    const { bound, cursor } = this;
    return bound.isDoubted() ? bound.doubted(cursor.record(), line) : nothing;
  }

  /** A doubted record gives no row; its other problems are reported with the doubts. */
  private refused(line: number, doubts: readonly RowProblem[]): 'skip' | readonly RowProblem[] {
    const { bound, cursor, values } = this;
    const outcome = bound.read(cursor, values);
    if (outcome === 'skip') return outcome;
    return [...doubts, ...(outcome === 'wrong' ? bound.explain(cursor.record(), line) : this.own(line))];
  }

  /** Translates the record under the cursor. */
  private row(line: number, index: number): 'row' | 'skip' | readonly RowProblem[] {
    const { bound, cursor, values } = this;
    const outcome = bound.read(cursor, values);
    if (outcome === 'skip') return outcome;
    if (outcome === 'wrong') return bound.explain(cursor.record(), line);
    if (bound.doubts === 'refuse' && bound.isDoubted()) return this.own(line);
    return this.sink(values, line, index) ?? 'row';
  }
}

const nothing: readonly RowProblem[] = [];
const noDoubts = sortedDoubts([], () => true);

const inFileOrder = (a: readonly BadRecord[], b: readonly BadRecord[]): BadRecord[] =>
  [...a, ...b].sort((one, other) => one.line - other.line);
