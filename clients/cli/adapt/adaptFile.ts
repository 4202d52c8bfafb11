/** Runs a file through a reader, and a mapping where there is one, to lines of JSON. */
import { memberNames } from '../../../adapters/reading/text/header.ts';
import { sortedDoubts } from '../../../adapters/reading/doubt.ts';
import { refusingDoubts } from '../../../adapters/reading/refusingDoubts.ts';
import { formatNamed, readRecords } from '../../../adapters/formats.ts';
import { withLikelyFormat } from '../../../adapters/lookalike.ts';
import { addTotals, noTotals, type Totals } from '../../../adapters/limits.ts';
import type { CompiledMapping } from '../../../adapters/mapping/compile.ts';
import {
  batchSize,
  type CompanionFiles,
  type Cell,
  type RecordBatch,
} from '../../../adapters/reading/reader.ts';
import { translate, type BatchAccount } from '../../../adapters/translate.ts';
import type { CompiledSchema } from '../../../schemas/compile.ts';
import type { RowProblem } from '../../../terms/rowProblem.ts';

export interface AdaptedBatch extends Omit<BatchAccount, 'lines' | 'columns'> {
  readonly rows: readonly unknown[];
}

/**
 * Records as they are in the file; table formats become objects with one member a column.
 * @param strict a doubtful record becomes a problem record @throws Problem file_doubtful where the whole file is doubtful and `strict`
 */
export async function* adaptedRecords(
  chunks: AsyncIterable<Uint8Array>,
  format: string,
  options: unknown,
  companions: CompanionFiles,
  strict = false,
): AsyncGenerator<AdaptedBatch> {
  let names: readonly string[] | undefined;
  const found = withLikelyFormat(chunks, { format, options }, (bytes) =>
    readRecords(formatNamed(format), bytes, options, companions),
  );
  for await (const read of found) {
    const batch = strict ? refusingDoubts(read) : read;
    const { file, byRecord } = sortedDoubts(batch.doubts, () => true);
    if (batch.kind === 'table') names ??= memberNames(batch.columns);
    yield {
      records: batchSize(batch),
      rows: names === undefined ? [...batch.records] : tableObjects(batch, names),
      bad: batch.bad,
      warnings: batch.warnings,
      doubts: batch.doubts.map(({ problem }) => problem),
      doubted: [...byRecord.keys()],
      fileDoubts: file.length,
      skipped: batch.skipped,
    };
  }
}

export const adaptedRows = (
  chunks: AsyncIterable<Uint8Array>,
  mapping: CompiledMapping,
  schema: CompiledSchema,
  companions: CompanionFiles,
): AsyncIterable<AdaptedBatch> =>
  withLikelyFormat(chunks, mapping, (bytes) => translate(bytes, mapping, schema, companions));

function tableObjects(batch: RecordBatch, names: readonly string[]): Record<string, Cell>[] {
  return [...(batch.records as Iterable<readonly Cell[]>)].map((cells) => {
    const record: Record<string, Cell> = Object.create(null) as Record<string, Cell>;
    // a record of a CSV may have fewer cells than its header (ragged: fill)
    for (const [index, name] of names.entries()) record[name] = index < cells.length ? cells[index] : '';
    return record;
  });
}

/** error: the record was not delivered; doubt: it was, perhaps with a value that was not intended; warning: check it. */
export type Severity = 'error' | 'doubt' | 'warning';

export interface AdaptSinks {
  readonly row: (line: string) => void;
  readonly problem: (problem: RowProblem, severity: Severity) => void;
  readonly batchDone: (totals: Totals) => Promise<void>;
}

/** @returns true totals of the whole file */
export async function adaptFile(batches: AsyncIterable<AdaptedBatch>, sinks: AdaptSinks): Promise<Totals> {
  let totals = noTotals;
  for await (const batch of batches) {
    for (const row of batch.rows) sinks.row(JSON.stringify(row));
    for (const { problems } of batch.bad) for (const problem of problems) sinks.problem(problem, 'error');
    for (const doubt of batch.doubts) sinks.problem(doubt, 'doubt');
    for (const warning of batch.warnings) sinks.problem(warning, 'warning');
    totals = addTotals(totals, batch);
    await sinks.batchDone(totals);
  }
  return totals;
}
