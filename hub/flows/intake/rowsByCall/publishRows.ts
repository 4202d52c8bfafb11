/**
 * Publishes the rows of one call: in the submission of the day, with the entry of the call, in one transaction. The first call of a day,
 * and the first one after a file, begins a submission.
 */
import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { uuid7 } from '../../../../machine/uuid7.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { Problem } from '../../../../terms/problem.ts';
import { worthGuarding } from '../../../domain/drift.ts';
import { nextPeriods, periodLength, type Periods } from '../../../domain/periods.ts';
import { isDatasetHeld, mayGo } from '../../../log/store/legalHolds.ts';
import { DecideAfresh, type Call, type LoggedEffects } from '../../../pipeline/call.ts';
import { isMissingColumn, isMissingPartition, isMissingTable } from '../../../platform/database/failure.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { intakeRulesOf, isBoundTo } from '../../../registry/store/datasets.ts';
import { readyTable } from '../../lastingTable.ts';
import { calledSource, countedTo, mergeCalled } from '../../rows/store/calledRows.ts';
import { noteCurrentBatch } from '../../rows/store/currentBatches.ts';
import { maxQuarantined, putQuarantined } from '../../rows/store/quarantine.ts';
import type { IntakeServices } from '../services.ts';
import {
  beginSubmission,
  countCall,
  currentSubmission,
  lockSubmission,
  nothingCounted,
  type CallCounts,
  type CountedBefore,
  type CurrentBatch,
} from '../store/daySubmission.ts';
import { supersedeBatches } from '../store/endBatch.ts';
import type { CheckedRows } from './checkRows.ts';
import { useAttachments } from '../../attachments/store/named.ts';
import { forgetForRules, noteForRollups, noteForRules, startJobs } from './noteForRules.ts';
import type { ReadRows } from './readRows.ts';
import { defined } from '../../../../terms/defined.ts';

/** Tables that are known to exist; keyed by the schema object, which differs for each version. */
const known = new WeakMap<LiveDataset['schema'], Set<string>>();

/**
 * Periods that may not begin, with the time of their refusal (Unix milliseconds), by schema object. Calls of a device with a wrong clock do
 * not ask again each time: the answer takes a transaction of the owner, under the lock of the table.
 */
const refused = new WeakMap<LiveDataset['schema'], LRUCache<string, number>>();
const maxRefused = 1_000;
const refusedMs = 10_000;

/** Ensures the lasting table and the periods of the rows. @returns the periods that may not begin: their rows are bad */
export async function ready(
  services: Pick<IntakeServices, 'database' | 'registry'>,
  dataset: Pick<LiveDataset, 'row' | 'schema'>,
  { periods }: Pick<ReadRows, 'periods'>,
): Promise<readonly string[]> {
  const { row, schema } = dataset;
  const now = services.database.now();
  const there = known.get(schema) ?? new Set();
  const tableOf = (period: string): string => `${row.id} ${period}`;
  const without = refusals(dataset, now);
  const brought = [...periods.keys()];
  const over = brought.filter((period) => without(tableOf(period), period));
  const others = brought.filter((period) => !over.includes(period));
  const needed = [row.id, ...others.map(tableOf)];
  if (needed.every((one) => there.has(one))) return over;
  const more = await readyTable(services, dataset, others, { byCall: true });
  const missing = new Set(more.map(tableOf));
  known.set(schema, new Set([...there, ...needed.filter((one) => !missing.has(one))]));
  for (const one of missing) noteRefused(schema, one, now);
  return [...over, ...more].sort();
}

/** Whether a period was refused within the last seconds. The current one and the next ones are asked each time: their rows are not late. */
function refusals(
  { row, schema }: Pick<LiveDataset, 'row' | 'schema'>,
  now: number,
): (table: string, period: string) => boolean {
  const ofSchema = refused.get(schema);
  const { periods } = intakeRulesOf(row);
  if (ofSchema === undefined || periods === undefined) return () => false;
  const coming = nextPeriods(periods, now);
  return (table, period) => {
    const at = ofSchema.get(table);
    return at !== undefined && Math.abs(now - at) < refusedMs && !coming.includes(period);
  };
}

function noteRefused(schema: LiveDataset['schema'], table: string, now: number): void {
  const ofSchema = refused.get(schema) ?? new LRUCache<string, number>({ max: maxRefused });
  refused.set(schema, ofSchema);
  ofSchema.set(table, now);
}

/** The period of a row; null where rows are not partitioned. */
export const periodOf = (
  row: Readonly<Record<string, unknown>>,
  periods: Periods | undefined,
): string | null =>
  periods === undefined ? null : String(row[periods.field]).slice(0, periodLength[periods.every]);

interface Rows {
  readonly read: ReadRows;
  readonly checked: CheckedRows;
}

interface Publishing extends Rows {
  /** changes that are stored together with the rows, after them. @throws DecideAfresh */
  readonly work?: (transaction: Transaction) => Promise<void>;
  /** name and version of the mapping that read the rows; null: none; absent: the rows were not sent */
  readonly mapping?: string | null;
  /** notes for the entry */
  readonly change?: Readonly<Record<string, string | number | boolean>>;
  /** what the caller has read with other rows. Absent: it is read now */
  readonly current?: CurrentBatch;
}

/**
 * The submission that the rows belong to, and what the answer does once its entry is appended.
 * @throws Problem under_legal_hold, batch_deletes_many
 */
export async function publication(
  call: Pick<Call, 'bytes' | 'now' | 'exchange'>,
  services: IntakeServices,
  dataset: LiveDataset,
  publishing: Publishing,
): Promise<{ readonly batch: string; readonly effects: LoggedEffects }> {
  const { database, registry } = services;
  const { row, schema } = dataset;
  const { checked, change } = publishing;
  const { batch: from, submission: current } =
    publishing.current ?? (await currentSubmission(database.app, row.id, schema.urn));
  // a new day starts a new submission; so does the first call after a file
  const today =
    current !== undefined && dayInChina(current.openedAt) === dayInChina(call.now) ? current : undefined;
  const maxDeletions = await checkDeletions(services, dataset, checked, today?.deletions ?? 0);
  const batch = today?.id ?? uuid7(call.now);
  const sha256 = createHash('sha256').update(call.bytes).digest('hex');
  const counts = countsOf(call, publishing);
  const { exchange } = call;
  const begins = today === undefined;
  return {
    batch,
    effects: {
      facts: {
        dataset: row.id,
        provider: row.department,
        schema: schema.urn,
        batch: { id: batch, sha256, rows: checked.rows, bad: checked.bad.length },
        ...defined({ change }),
      },
      ...(begins ? { claims: { publish: { dataset: row.id, from, to: batch } } } : {}),
      together: `rows of ${row.id}`,
      work: async (transaction) => {
        const writing = { batch, counts, checked, exchange, begins, maxDeletions };
        await written(transaction, services, dataset, writing);
        await publishing.work?.(transaction);
      },
      whenDurable: () => {
        if (begins) registry.movePointer(row.id, batch);
        startJobs(services, dataset);
      },
    },
  };
}

const countsOf = ({ bytes }: Pick<Call, 'bytes'>, { read, checked, mapping }: Publishing): CallCounts => ({
  bytes: bytes.length,
  records: read.records,
  rows: checked.rows,
  bad: checked.bad.length,
  skipped: read.skipped,
  doubted: read.doubted,
  deletions: checked.deletions,
  repeated: read.repeated,
  empty: checked.empty,
  oldestPeriod: [...read.periods.keys()].sort()[0],
  mapping,
});

/**
 * Compares the deletions of the day with the rows that were stored before them.
 * @param already deletions of the day's earlier calls
 * @returns the maximum of the day's deletions, those of this call included, up to which this decision is valid
 * @throws Problem under_legal_hold; batch_deletes_many where the calls of the day would delete more than the dataset may lose at once
 */
async function checkDeletions(
  { database }: IntakeServices,
  { row, schema }: LiveDataset,
  { deletions }: CheckedRows,
  already: number,
): Promise<number> {
  if (deletions === 0) return Infinity;
  if (await isDatasetHeld(database.app, row.id))
    throw new Problem('under_legal_hold', { what: `Dataset ${row.id}` });
  const { mayDelete } = intakeRulesOf(row);
  if (mayDelete >= 1) return Infinity;
  const going = deletions + already;
  const enough = mayDelete === 0 ? 2 ** 52 : Math.ceil(going / mayDelete) + worthGuarding;
  const reference = already + (await countedTo(database.app, row.id, schema, enough));
  if (reference < worthGuarding) return going;
  if (going > reference * mayDelete) throw new Problem('batch_deletes_many', { rows: going, reference });
  return reference * mayDelete;
}

interface Writing {
  readonly batch: string;
  readonly counts: CallCounts;
  readonly checked: CheckedRows;
  readonly exchange: string;
  readonly begins: boolean;
  /** of the day, those of this call included: if other calls have deleted more since, the call is decided again */
  readonly maxDeletions: number;
}

/** Whether the deletions of a call are still permitted, once its dataset is locked. */
async function mayStillDelete(
  transaction: Transaction,
  deletes: {
    readonly of: string;
    readonly deletions: number;
    readonly before: CountedBefore;
    readonly maxDeletions: number;
  },
): Promise<boolean> {
  const { of, deletions, before, maxDeletions } = deletes;
  if (deletions === 0) return true;
  return Number(before.deletions) + deletions <= maxDeletions && (await mayGo(transaction, of));
}

/** Runs in the transaction of the entry. @throws DecideAfresh where the dataset changed since the call was decided */
async function written(
  transaction: Transaction,
  services: IntakeServices,
  { row, schema }: LiveDataset,
  { batch, counts, checked, exchange, begins, maxDeletions }: Writing,
): Promise<void> {
  const { database, sealer } = services;
  // locks the dataset: its calls and files are stored one after another
  const before = begins
    ? (await isBoundTo(transaction, row.id, row.schema)) && nothingCounted
    : await lockSubmission(transaction, row.id, row.schema, batch);
  if (before === undefined || before === false) throw new DecideAfresh();
  const deletes = { of: row.id, deletions: checked.deletions, before, maxDeletions };
  if (!(await mayStillDelete(transaction, deletes))) throw new DecideAfresh();
  // removed since the rows were checked
  if (!(await useAttachments(transaction, row.id, checked.named, database.now()))) throw new DecideAfresh();
  try {
    await noteForRules(transaction, services, checked.called, { row, schema });
    await noteForRollups(transaction, services, checked.called, { row, schema });
    const merged = await mergeCalled(transaction, database.app, checked.called, row.id, batch);
    if (checked.deletions > 0)
      await forgetForRules(transaction, { row, schema }, calledSource(checked.called, 3));
    // another call delivered one of the keys in the meantime: checks again whether its row may be changed
    if (checked.same !== undefined && merged !== checked.rows - checked.deletions - checked.same)
      throw new DecideAfresh();
  } catch (error) {
    if (![isMissingTable, isMissingColumn, isMissingPartition].some((is) => is(error))) throw error;
    known.delete(schema);
    throw new DecideAfresh();
  }
  if (begins) {
    const { id: dataset, department } = row;
    const mapping = counts.mapping ?? null;
    await beginSubmission(transaction, {
      id: batch,
      dataset,
      department,
      schema: schema.urn,
      exchange,
      mapping,
    });
    await supersedeBatches(transaction, row.id, batch);
    await noteCurrentBatch(transaction, row.id, batch);
  }
  const counted = { before, counts, first: begins };
  const bad = await countCall(transaction, { id: batch, dataset: row.id }, exchange, counted);
  const former = bad - checked.bad.length;
  const retained = checked.bad.slice(0, Math.max(0, maxQuarantined - former));
  await putQuarantined(
    transaction,
    sealer,
    batch,
    retained.map(({ line, problems, raw }, i) => ({ nth: former + i + 1, line, problems, raw })),
  );
}
