/**
 * One step of a dataset that is computed from readings.
 *
 *   changed buckets, then the next ones of a computation of all → values from the readings → rows → entry + rows + position
 */
import type { Bilingual } from '../../../../terms/bilingual.ts';
import { Problem } from '../../../../terms/problem.ts';
import { maxRows } from '../../../domain/byCall.ts';
import {
  bucketEnd,
  bucketOf,
  rollupFields,
  rollupText,
  rollupUnfit,
  type Rollup,
} from '../../../domain/rollup.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import { seriesOf, type Series } from '../../../domain/timeField.ts';
import { DecideAfresh } from '../../../pipeline/call.ts';
import { failureOf } from '../../../platform/database/failure.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import type { JobRun } from '../../../platform/jobs/job.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { readyTable } from '../../lastingTable.ts';
import {
  bucketsFrom,
  changedBuckets,
  computeBuckets,
  destroyedIn,
  moveRollup,
  rollupPosition,
  type Bucket,
  type BucketSpan,
  type Computation,
  type ComputedBucket,
  type Places,
  type RollupPosition,
} from '../../rows/store/rollups.ts';
import type { IntakeServices } from '../services.ts';
import { rowsWent } from '../../../registry/store/changeovers.ts';
import { isDatasetHeld } from '../../../log/store/legalHolds.ts';
import { countKeys, deleteKeys, type Key } from '../../rows/store/byKey.ts';
import { retainedPeriods } from '../translateBatch.ts';
import { storeComputedRows, type Row, type Rows } from './storeComputedRows.ts';

/** Calls of one step, and buckets of them that are read; those of the last call come in addition. */
const maxRead = { calls: 1_000, buckets: 40_000 } as const;
/** Buckets that one step computes: as many rows as one call has at most. One call changes no more of them. */
const maxBuckets = maxRows;
/** Buckets of one step of a computation of all. */
const maxSwept = 2_000;
/** Buckets that one statement computes at first. */
const firstPortion = 1_000;

export interface Computing {
  readonly rollup: Rollup;
  readonly dataset: LiveDataset;
  readonly source: LiveDataset;
}

interface Stepped {
  /** whether other buckets wait */
  readonly more: boolean;
  /** why rows of the step are not stored */
  readonly reasons: readonly Bilingual[];
}

export const rollupFailed = (dataset: string, reason: Bilingual, cause?: unknown): Problem =>
  new Problem('rollup_failed', { dataset, reason }, cause === undefined ? {} : { cause });

/**
 * Computes changed buckets, and then a portion of a computation of all buckets where one is not complete.
 * @throws Problem rollup_unfit, job_taken_over; DecideAfresh
 */
export async function rollupStep(
  services: IntakeServices,
  computing: Computing,
  run: JobRun,
): Promise<Stepped> {
  const { rollup, dataset, source } = computing;
  const readings = { schema: source.schema, intake: source.row.intake };
  const reason = rollupUnfit(rollup, dataset.row.intake, dataset.schema, readings);
  if (reason !== undefined) throw new Problem('rollup_unfit', { reason });
  const changed = await stepOfChanges(services, computing, run);
  const swept = await stepOfSweep(services, computing, run);
  return { more: changed.more || swept.more, reasons: [...changed.reasons, ...swept.reasons] };
}

/** Ends the definition of a position while rows of deleted readings stay under legal hold. */
const underHold = ', rows under legal hold';

/** The position; one of another computation begins anew, and so does one whose legal hold ended: its rows of deleted readings are deleted then. */
async function positionOf(
  { database }: IntakeServices,
  { rollup, dataset, source }: Computing,
): Promise<{ readonly before: RollupPosition; readonly now: Omit<RollupPosition, 'version'> }> {
  // rows of earlier versions of the hub include buckets without a reading: all are computed once more
  const definition = `${rollupText(rollup)} (${source.schema.urn}, ${dataset.schema.urn}), buckets with readings`;
  const before = await rollupPosition(database.app, dataset.row.id, source.row.id);
  const { sequence, place } = before;
  const stays =
    before.definition === definition + underHold && (await isDatasetHeld(database.app, dataset.row.id));
  const isSame = stays || before.definition === definition;
  return {
    before,
    now: { sequence, definition: stays ? before.definition : definition, place: isSame ? place : [] },
  };
}

/** The buckets of the calls that wait. */
async function stepOfChanges(services: IntakeServices, computing: Computing, run: JobRun): Promise<Stepped> {
  const { rollup, source } = computing;
  const { before, now } = await positionOf(services, computing);
  const { app } = services.database;
  const { changes, more } = await changedBuckets(app, source.row.id, now.sequence, maxRead);
  if (changes.length === 0) return { more: false, reasons: [] };
  const buckets = new Map<string, Bucket>();
  let last = now.sequence;
  let isWhole = true;
  for (const change of changes) {
    const added = new Map<string, Bucket>();
    for (const [series, time] of change.buckets) {
      const bucket: Bucket = [series, bucketOf(rollup.every, time)];
      const key = JSON.stringify(bucket);
      if (!buckets.has(key)) added.set(key, bucket);
    }
    isWhole = buckets.size === 0 || buckets.size + added.size <= maxBuckets;
    if (!isWhole) break;
    for (const [key, bucket] of added) buckets.set(key, bucket);
    last = change.sequence;
  }
  const reasons = await advance(services, computing, run, [...buckets.values()], {
    before,
    next: { ...now, sequence: last },
  });
  return { more: more || !isWhole, reasons };
}

/** The next buckets of a computation of all. */
async function stepOfSweep(services: IntakeServices, computing: Computing, run: JobRun): Promise<Stepped> {
  const { rollup, dataset, source } = computing;
  const { before, now } = await positionOf(services, computing);
  if (now.place === null) return { more: false, reasons: [] };
  for (const one of [source, dataset]) await readyTable(services, one, []);
  const [series, from] = now.place;
  const after: Bucket | undefined = series === undefined || from === undefined ? undefined : [series, from];
  const places = { readings: placesOf(source, source), computed: placesOf(dataset, source) };
  const { buckets, isLast } = await withinDeadline(maxSwept, async (maxBuckets) => {
    const found = await bucketsFrom(services.database.app, places, rollup.every, after, maxBuckets);
    return { buckets: found, isLast: found.length < maxBuckets };
  });
  const end = buckets.at(-1);
  const place: RollupPosition['place'] =
    end === undefined || isLast ? null : [end[0], bucketEnd(rollup.every, end[1])];
  const reasons = await advance(services, computing, run, buckets, { before, next: { ...now, place } });
  return { more: place !== null, reasons };
}

/** Repeats a query with a tenth of its rows each time that it exceeds the deadline of statements. */
async function withinDeadline<T>(maxBuckets: number, query: (maxBuckets: number) => Promise<T>): Promise<T> {
  for (let size = maxBuckets; ; size = Math.ceil(size / 10))
    try {
      return await query(size);
    } catch (error) {
      if (size === 1 || failureOf(error) !== 'deadline') throw error;
    }
}

/** Computed rows have the key of their readings. */
const placesOf = ({ row, schema }: LiveDataset, readings: LiveDataset): Places => ({
  dataset: row.id,
  schema,
  series: seriesOf(readings.row.intake.timeField ?? '', schema),
});

/** Computes buckets, and stores their rows with the position. @returns why rows are not stored */
async function advance(
  services: IntakeServices,
  computing: Computing,
  run: JobRun,
  buckets: readonly Bucket[],
  { before, next }: { readonly before: RollupPosition; readonly next: Omit<RollupPosition, 'version'> },
): Promise<readonly Bilingual[]> {
  const { dataset, source } = computing;
  const computed = await computedRows(services, computing, buckets, run);
  const isHeld = (await deleteEmpty(services, dataset, computed.empty, run)) === 'held';
  const definition =
    isHeld && !next.definition.endsWith(underHold) ? next.definition + underHold : next.definition;
  const move = async (transaction: Transaction): Promise<void> => {
    if (!(await moveRollup(transaction, dataset.row.id, source.row.id, before, { ...next, definition })))
      throw new DecideAfresh();
  };
  const refused = await storeComputedRows(services, dataset, computed.rows, run, move);
  return [...computed.reasons, ...refused];
}

/**
 * Deletes the rows of buckets whose readings were all deleted: a row would show that there was a series. Under legal hold they stay until it
 * ends. A reading that arrives in the meantime waits as a changed bucket, and its row is stored again.
 * @throws DecideAfresh where rows, or the hold, changed in the meantime
 */
async function deleteEmpty(
  { database }: IntakeServices,
  { row, schema }: LiveDataset,
  empty: readonly Key[],
  run: JobRun,
): Promise<'held' | 'deleted'> {
  const stored = empty.length === 0 ? 0 : await countKeys(database.app, row.id, schema, empty);
  if (stored === 0) return 'deleted';
  if (await isDatasetHeld(database.app, row.id)) return 'held';
  await run.act({
    kind: 'intake',
    dataset: row.id,
    provider: row.department,
    change: { act: 'delete', rows: stored },
    work: async (transaction) => {
      if ((await deleteKeys(transaction, row.id, schema, empty)) !== stored) throw new DecideAfresh();
      await rowsWent(transaction, row.id);
    },
  });
  return 'deleted';
}

/** Rows in the form of a call, without buckets of periods that are over: their readings, or they themselves, are deleted. */
async function computedRows(
  services: IntakeServices,
  { rollup, dataset, source }: Computing,
  buckets: readonly Bucket[],
  run: JobRun,
): Promise<Rows & { readonly empty: readonly Key[] }> {
  const since = [source, dataset].map((one) => retainedPeriods(one, run.now())?.first ?? '');
  const retained = buckets.filter(([, from]) => since.every((first) => from.slice(0, first.length) >= first));
  // also without those of periods that were destroyed earlier than their retention ends
  const gone = await destroyedIn(services.database.app, [source.row.id, dataset.row.id]);
  const times = new Set(retained.map(([, from]) => from));
  const over = new Set(
    [...times].filter((from) => gone.some((period) => isWithin(period, from, bucketEnd(rollup.every, from)))),
  );
  const live = retained.filter(([, from]) => !over.has(from));
  if (live.length === 0) return { rows: [], reasons: [], empty: [] };
  const fields = rollupFields(rollup);
  const computations = fields.flatMap(({ field, by }) => {
    const column = layoutOf(source.schema).byField.get(field);
    return column === undefined ? [] : [{ column, by }];
  });
  const spans = live.map((bucket) => ({ bucket, until: bucketEnd(rollup.every, bucket[1]) }));
  const readings = placesOf(source, source);
  const found = await inPortions(services, readings, computations, spans, run.signal);
  const nullable = new Set(dataset.schema.fields.flatMap((one) => (one.nullable ? [one.name] : [])));
  const overflown = found.filter(({ values }) => values.includes('overflow')).length;
  return {
    rows: found.filter(({ isRead }) => isRead).map((one) => rowOf(one, readings.series, fields, nullable)),
    empty: found
      .filter(({ isRead }) => !isRead)
      .map((one) => rowOf({ ...one, values: [] }, readings.series, [], nullable) as Key),
    reasons:
      overflown === 0
        ? []
        : [
            {
              zh: `${overflown} 个时段的和或均值超出数值范围，存为空值`,
              en: `sums or means of ${overflown} buckets exceed the range of numbers and are stored as empty`,
            },
          ],
  };
}

/** Whether a period has a part in a range. @param until the first moment after it */
const isWithin = (period: string, from: string, until: string): boolean =>
  period >= from.slice(0, period.length) && period + '0000-01-01T00:00:00+08:00'.slice(period.length) < until;

/** Values of buckets, in statements that are smaller when one exceeds the deadline. One bucket alone may take longer. */
async function inPortions(
  { database }: IntakeServices,
  readings: Places,
  computations: readonly Computation[],
  spans: readonly BucketSpan[],
  signal: AbortSignal,
): Promise<readonly ComputedBucket[]> {
  const found: ComputedBucket[] = [];
  let size = firstPortion;
  let isLong = false;
  while (found.length < spans.length) {
    // the next run computes the buckets again
    if (signal.aborted) throw new DecideAfresh();
    const portion = spans.slice(found.length, found.length + size);
    try {
      found.push(...(await computeBuckets(database.app, readings, computations, portion, isLong)));
      isLong = false;
    } catch (error) {
      if (isLong || failureOf(error) !== 'deadline') throw error;
      isLong = portion.length === 1;
      size = Math.ceil(portion.length / 4);
    }
  }
  return found;
}

function rowOf(
  { series, from, values }: ComputedBucket,
  { keys, time }: Series,
  fields: ReturnType<typeof rollupFields>,
  nullable: ReadonlySet<string>,
): Row {
  return Object.fromEntries([
    ...keys.map(({ field }, i) => [field, series[i]]),
    [time.field, from],
    ...fields.flatMap(({ name }, i) => {
      const value = values[i] === 'overflow' ? null : values[i];
      return value === null && !nullable.has(name) ? [] : [[name, value]];
    }),
  ]) as Row;
}
