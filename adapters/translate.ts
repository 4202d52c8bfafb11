/** Bytes of one file → valid rows of one schema, in batches, with everything that did not become a row accounted for. */
import type { CompiledSchema } from '../schemas/compile.ts';
import type { RowProblem } from '../terms/rowProblem.ts';
import { formatNamed } from './formats.ts';
import { KeyGuard } from './keyGuard.ts';
import { bindMapping, type BoundMapping, type Row } from './mapping/bind.ts';
import type { CompiledMapping } from './mapping/compile.ts';
import type { BadRecord, Beside, Bytes, RawRecord, RecordBatch, Records } from './reader.ts';

/** Invariant: records = rows.length + bad.length + skipped. */
export interface TranslatedBatch {
  readonly rows: readonly Row[];
  /** physical line (or record number) of each row */
  readonly lines: number[];
  /** records that gave no row, in the order of the file, with every reason and the record as it was read */
  readonly bad: readonly BadRecord[];
  readonly warnings: readonly RowProblem[];
  readonly skipped: number;
  readonly records: number;
  /** column names of the file, for giving bad records back; empty for nested formats */
  readonly columns: readonly string[];
}

/**
 * A record whose primary key stood in an earlier record of the file is bad. Rows in the order of the file; values are new, the chunks are not kept. Pure: no clock, no files.
 * @throws Problem when the file as a whole cannot be read or lacks columns that the mapping names
 */
export async function* translate(
  chunks: Bytes,
  mapping: CompiledMapping,
  schema: CompiledSchema,
  beside?: Beside,
): AsyncGenerator<TranslatedBatch> {
  yield* translateRecords(formatNamed(mapping.format).read(chunks, mapping.options, beside), mapping, schema);
}

/** The same for records that are there already, such as those of a database cursor. */
export async function* translateRecords(
  batches: AsyncIterable<RecordBatch>,
  mapping: CompiledMapping,
  schema: CompiledSchema,
): AsyncGenerator<TranslatedBatch> {
  let bound: BoundMapping | undefined;
  const keys = KeyGuard.of(schema.schema);
  for await (const batch of batches) {
    bound ??= bindMapping(mapping, schema, batch);
    yield translateBatch(batch, bound, keys);
  }
}

function translateBatch(
  batch: RecordBatch,
  bound: BoundMapping,
  keys: KeyGuard | undefined,
): TranslatedBatch {
  const rows: Row[] = [];
  const lines: number[] = [];
  const failed: BadRecord[] = [];
  let skipped = batch.skipped;
  const records: Records<RawRecord> = batch.records;
  for (let i = 0; i < records.length; i += 1) {
    const record = records.at(i) as RawRecord;
    const line = batch.lines[i] ?? 0;
    const row = bound.row(record);
    if (row === 'skip') skipped += 1;
    else if (row === undefined) failed.push({ line, problems: bound.explain(record, line), raw: record });
    else {
      const first = keys?.seen(row, line);
      if (first === undefined) {
        rows.push(row);
        lines.push(line);
      } else failed.push({ line, problems: [bound.repeated(line, first)], raw: record });
    }
  }
  const bad =
    failed.length === 0 ? batch.bad : batch.bad.length === 0 ? failed : inFileOrder(batch.bad, failed);
  return {
    rows,
    lines,
    bad,
    warnings: batch.warnings,
    skipped,
    records: rows.length + bad.length + skipped,
    columns: batch.kind === 'table' ? batch.columns : [],
  };
}

const inFileOrder = (a: readonly BadRecord[], b: readonly BadRecord[]): BadRecord[] =>
  [...a, ...b].sort((one, other) => one.line - other.line);
