/**
 * The middle of the intake flow: sealed raw bytes → adapt → map → validate → rows in a table that is not visible yet. All inputs are
 * stored, so a crash costs only the work: the next hub repeats it.
 */
import { createHash, randomInt } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { withLikelyFormat } from '../../../adapters/lookalike.ts';
import { overLimit, rowsInDoubt, type ExceededLimit } from '../../../adapters/limits.ts';
import type { BadRecord } from '../../../adapters/reading/reader.ts';
import { Problem } from '../../../terms/problem.ts';
import { classOfValue, type RowProblem } from '../../../terms/rowProblem.ts';
import type { BatchCounts, BatchProgress } from './store/batches.ts';
import type { Missed } from '../../domain/reference.ts';
import { firstRetained, periodColumn } from '../../domain/periods.ts';
import { layoutOf, type Column } from '../../domain/rowTable/layout.ts';
import { loadBatch, type LeftRow } from '../rows/store/load.ts';
import { rowsWith } from '../rows/store/measures.ts';
import { clearQuarantine, maxQuarantined, putQuarantined } from '../rows/store/quarantine.ts';
import { rawBytes, rawPieces } from '../rows/store/sealedParts.ts';
import type { Pool } from '../../platform/database/database.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { withTransaction, type Transaction } from '../../platform/database/transaction.ts';
import type { LiveMapping } from '../../registry/mappings.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { copyParts } from './translation/copyParts.ts';
import { breather } from '../../../machine/yieldIfSlow.ts';
import { LinesOfRows } from './translation/linesOfRows.ts';
import { rereadRecords, type ProblemOf } from './translation/rereadRecords.ts';
import { copyPartsInThreads } from './translation/threads/copyPartsInThreads.ts';
import { queryableColumns } from '../queryableColumns.ts';
import { missedReferences } from './contentChecks.ts';
import { rowsToKeep } from './correction.ts';
import type { IntakeServices } from './services.ts';

export interface Translation {
  readonly counts: BatchCounts;
  /** records of the file itself, without rows taken over with a correction */
  readonly sent: number;
  /** the limit of the mapping that the bad rows exceed */
  readonly over: ExceededLimit | undefined;
  /** records that repeated the key of an earlier one */
  readonly repeated: number;
  /** headings of the file; empty where it has none */
  readonly columns: readonly string[];
  /** rows with missing reference targets, where the dataset checks references */
  readonly missed: readonly Missed[];
  /** physical line of a written row; 0 for rows taken over with a correction. @param row its `_row` */
  readonly lineOf: (row: number) => number;
  /** good rows of the corrected batch that were not taken over: they are older than this period, the first one retained */
  readonly left?: { readonly rows: number; readonly first: string };
  /** the first period with rows in the file whose retention has ended */
  readonly oldestLate?: string;
}

/** Larger files are translated in a separate thread, so that calls are answered meanwhile. */
const threadFrom = 2 * 1024 * 1024;

/** The input of a load: `Loading` without its lease. */
interface Submission {
  /** `sha256` is the hex digest the raw bytes must have */
  readonly batch: {
    readonly id: string;
    readonly sha256: string;
    readonly bytes: number;
    readonly corrects: string | null;
    readonly codePage: string | null;
  };
  readonly dataset: LiveDataset;
  readonly mapping: LiveMapping;
}

/** Throws where this hub no longer has the batch. @param lock prevents its loss until the transaction ends */
export type Fence = (transaction: Transaction, lock: boolean) => Promise<void>;

/** The progress of reading a file. */
export type SoFar = Pick<BatchProgress, 'bytes' | 'records' | 'bad'>;

/**
 * Loads a batch's rows and quarantines the failed ones.
 * @param tell called at the beginning and whenever more was read
 * @throws Problem batch_digest_mismatch, sealed_bytes_damaged, or the adapter's problem with a file it cannot read
 */
export function translateBatch(
  services: IntakeServices,
  submission: Submission,
  fence: Fence,
  tell: (soFar: SoFar) => void,
): Promise<Translation> {
  const { small, large } = services.translators;
  const files = submission.batch.bytes < threadFrom ? small : large;
  return files.run(() => translateNow(services, submission, fence, tell));
}

async function translateNow(
  services: IntakeServices,
  { batch, dataset, mapping }: Submission,
  fence: Fence,
  tell: (soFar: SoFar) => void,
): Promise<Translation> {
  const { database, sealer, registry, subjectKey, translators, limits } = services;
  const { schema } = dataset;
  const { codeLists, surroundings } = registry.current;
  let read = 0;
  const totals = {
    records: 0,
    skipped: 0,
    bad: 0,
    written: 0,
    doubted: 0,
    fileDoubts: 0,
    warned: 0,
    repeated: 0,
  };
  const companions = batch.codePage === null ? {} : { codePage: Buffer.from(batch.codePage, 'utf8') };
  const { rememberedKeys } = limits;
  const task = {
    schema,
    mapping: mapping.compiled,
    subjectKey,
    codeLists,
    companions,
    rememberedKeys,
    keySalt: randomInt(2 ** 32),
  };
  const small = batch.bytes < threadFrom;
  const stored = (small ? rawBytes : rawPieces)(database.app, sealer, batch.id);
  const bytes = verified(stored, batch.sha256, (length) => {
    read += length;
    tell({ bytes: read, records: totals.records, bad: totals.bad });
  });
  const parts = withLikelyFormat(bytes, mapping.compiled, (file) =>
    small
      ? copyParts(task, surroundings, file)
      : copyPartsInThreads(task, file, threadsFor(translators.large.busy), translators.threads),
  );
  const failed: BadRecord[] = [];
  const written = new LinesOfRows();
  let columns: readonly string[] | undefined;
  const fail = (record: BadRecord): void => {
    totals.bad += 1;
    if (record.problems[0]?.rule === 'key.repeated') totals.repeated += 1;
    if (failed.length < maxQuarantined) failed.push(record);
  };

  async function* tuples(): AsyncGenerator<Uint8Array> {
    for await (const part of parts) {
      columns ??= part.columns;
      totals.records += part.records;
      totals.skipped += part.skipped;
      totals.doubted += part.doubted.length;
      totals.fileDoubts += part.fileDoubts;
      totals.warned += part.warned;
      part.failed.forEach(fail);
      written.add(part.rows, part.lines);
      totals.written += part.lines.length;
      tell({ bytes: read, records: totals.records, bad: totals.bad });
      yield part.tuples;
    }
  }

  const corrects = await rowsToKeep(database.app, batch.corrects, dataset);
  const layout = layoutOf(schema);
  // indexes for other columns are left to the job; a batch table that is only merged from is read once
  const lookupColumns =
    dataset.row.mode === 'upsert'
      ? []
      : queryableColumns(registry.current.plans, { row: dataset.row, schema }).lookups;
  const kept = retainedPeriods(dataset, database.now());
  const loaded = await loadBatch(database, layout, batch.id, tuples(), corrects, fence, lookupColumns, kept);
  if (loaded.copied !== totals.written) throw new Error('the table does not hold the rows that were written');
  const { examples: late } = loaded.over;
  if (loaded.examples.length + late.length > 0) {
    const again = rawBytes(database.app, sealer, batch.id);
    const records = await rereadRecords(
      task,
      surroundings,
      again,
      problemsOfRows(loaded, written, kept),
      breather(),
    );
    for (const row of loaded.examples) {
      const line = written.of(row.row);
      fail(records.get(line) ?? repeatedKey(row, line, schema.primaryKey));
    }
    for (const row of late) {
      const line = written.of(row.row);
      fail(records.get(line) ?? asStored(row, periodOver(row, line, kept)));
    }
  }
  totals.bad += loaded.repeated - loaded.examples.length;
  totals.repeated += loaded.repeated - loaded.examples.length;
  totals.bad += loaded.over.rows - late.length;
  failed.sort((a, b) => a.line - b.line);
  const rows = failed.map(({ line, problems, raw }, i) => ({ nth: i + 1, line, problems, raw }));
  await withTransaction(database.app, async (transaction) => {
    await fence(transaction, true);
    await clearQuarantine(transaction, batch.id);
    await putQuarantined(transaction, sealer, batch.id, rows);
  });
  const { skipped, bad } = totals;
  const records = totals.records + loaded.takenOver;
  const good = records - skipped - bad;
  const doubted = rowsInDoubt({ ...totals, rows: good });
  const { warned } = totals;
  const deletions = await deletionsIn(database.app, batch.id, dataset);
  const counts = {
    records,
    rows: good,
    bad,
    skipped,
    ...(doubted === 0 ? {} : { doubted }),
    ...(warned === 0 ? {} : { warned }),
    ...(deletions === 0 ? {} : { deletions }),
  };
  return {
    counts,
    sent: totals.records,
    over: overLimit(counts, mapping.compiled),
    repeated: totals.repeated,
    columns: columns ?? [],
    missed: await missedReferences(services, batch.id, dataset, (row) => written.of(row)),
    lineOf: (row) => written.of(row),
    ...(kept === undefined ? {} : overIn(loaded, kept)),
  };
}

type Loaded = Awaited<ReturnType<typeof loadBatch>>;

/** The problems of the rows that were left out after they were written, by their lines. */
function problemsOfRows(
  { examples, over }: Loaded,
  written: LinesOfRows,
  kept: StoredPeriods | undefined,
): Map<number, ProblemOf> {
  const problems = new Map<number, ProblemOf>();
  for (const { row, first } of examples)
    problems.set(written.of(row), (bound, line) => bound.repeated(line, written.of(first)));
  for (const row of over.examples)
    problems.set(written.of(row.row), (bound, line) => ({
      ...periodOver(row, line, kept),
      ...bound.placeOf(kept?.column.field ?? ''),
    }));
  return problems;
}

/** Rows of periods whose retention has ended. */
const overIn = (
  { notTakenOver, over: { earliest } }: Loaded,
  { first }: StoredPeriods,
): Pick<Translation, 'left' | 'oldestLate'> => ({
  ...(notTakenOver === 0 ? {} : { left: { rows: notTakenOver, first } }),
  ...(earliest === undefined ? {} : { oldestLate: earliest.slice(0, first.length) }),
});

/** Rows that request the deletion of their key. */
async function deletionsIn(pool: Pool, batch: string, { row, schema }: LiveDataset): Promise<number> {
  const { deleteWhere } = intakeRulesOf(row);
  const column = layoutOf(schema).byField.get(deleteWhere?.field ?? '');
  if (deleteWhere === undefined || column === undefined) return 0;
  return rowsWith(pool, batch, column, deleteWhere.is);
}

/** Number of threads for one of this many concurrent files. */
const threadsFor = (files: number): number =>
  Math.min(4, Math.floor(availableParallelism() / Math.max(1, files)));

/** Passes the bytes on and compares their digest at the end. @param read receives each chunk's length */
async function* verified(
  chunks: AsyncIterable<Uint8Array>,
  sha256: string,
  read: (length: number) => void,
): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  for await (const chunk of chunks) {
    hash.update(chunk);
    read(chunk.length);
    yield chunk;
  }
  if (hash.digest('hex') !== sha256) throw new Problem('batch_digest_mismatch');
}

function repeatedKey(repeated: LeftRow, line: number, key: readonly string[]): BadRecord {
  const problem: RowProblem = {
    line,
    column: 0,
    header: '',
    field: key.join('+'),
    rule: 'key.repeated',
    got: key.map((name) => classOfValue(repeated.record[name], true)).join(' + '),
    message: {
      zh: '主键与本批次中前面的一行相同',
      en: 'has the same key as an earlier row of this batch',
    },
  };
  return asStored(repeated, problem);
}

/** Where several records share a line, the record is reported as its row was stored. */
const asStored = ({ record }: LeftRow, problem: RowProblem): BadRecord => ({
  line: problem.line,
  problems: [problem],
  raw: record as BadRecord['raw'],
});

export interface StoredPeriods {
  readonly column: Column;
  readonly first: string;
}

/** The period value below which rows are not retained. Rows for another version are taken over unchanged, also under legal hold. */
export function retainedPeriods(dataset: LiveDataset, now: number): StoredPeriods | undefined {
  const { periods } = intakeRulesOf(dataset.row);
  const first = periods === undefined || 'changeover' in dataset ? undefined : firstRetained(periods, now);
  if (periods === undefined || first === undefined) return undefined;
  return { column: periodColumn(periods, dataset.schema), first };
}

const periodOver = (late: LeftRow, line: number, kept: StoredPeriods | undefined): RowProblem => {
  const { first = '', column: { field } = { field: '' } } = kept ?? {};
  return periodIsOver(line, field, first, late.record[field]);
};

/** A row of a period whose retention has ended. @param first the first period that is retained */
export function periodIsOver(line: number, field: string, first: string, value: unknown): RowProblem {
  return {
    line,
    column: 0,
    header: '',
    field,
    rule: 'period.over',
    got: classOfValue(value, true),
    message: {
      zh: `早于 ${first}，该期间的数据已过保存期限，不再收取`,
      en: `is from before ${first}: rows of that period are no longer retained`,
    },
  };
}
