/**
 * Datasets that are computed from readings (`intake.rollup`). A call notes the buckets of time that it changes, in its own transaction.
 * This job computes each of them anew from the stored readings, so that late and corrected readings count, and stores the rows like those
 * of a call: validated, in the submission of the day, with an entry. Rows, entry and position are one transaction.
 *
 *   changed buckets, or the next ones of a computation of all → values from the readings → rows → entry + rows + position
 */
import { uuid7 } from '../../../../machine/uuid7.ts';
import { Problem } from '../../../../terms/problem.ts';
import { receives } from '../../../domain/dataset.ts';
import {
  bucketEnd,
  bucketOf,
  rollupFields,
  rollupText,
  rollupUnfit,
  type Rollup,
} from '../../../domain/rollup.ts';
import { layoutOf } from '../../../domain/rowTable/layout.ts';
import { seriesOf } from '../../../domain/timeField.ts';
import { DecideAfresh } from '../../../pipeline/call.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import type { Job, JobResult, JobRun } from '../../../platform/jobs/job.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import {
  bucketsFrom,
  changedBuckets,
  computeBuckets,
  forgetRollups,
  moveRollup,
  rollupPosition,
  type Bucket,
  type ComputedBucket,
  type Places,
  type RollupPosition,
} from '../../rows/store/rollups.ts';
import { readyTable } from '../../lastingTable.ts';
import { checkRows } from '../rowsByCall/checkRows.ts';
import { publication, ready } from '../rowsByCall/publishRows.ts';
import { readRows } from '../rowsByCall/readRows.ts';
import type { IntakeServices } from '../services.ts';
import { retainedPeriods } from '../translateBatch.ts';

/** Calls whose buckets one step reads, and buckets that it computes; one call changes at most 10,000. */
const maxCalls = 100;
const maxBuckets = 10_000;
/** Buckets of one step of a computation of all. */
const maxSwept = 2_000;

export const computeRollups = (services: IntakeServices): Job => ({
  name: 'computeRollups',
  every: 2_000,
  early: () => services.noted.rollups,
  lease: 60_000,
  run: async (run): Promise<JobResult> => {
    const { database, registry, noted } = services;
    noted.rollups = false;
    await registry.refresh();
    const { datasets } = registry.current;
    const computed = [...datasets.values()].filter(
      ({ row }) => row.intake.rollup !== undefined && row.state !== 'retired',
    );
    await forgetRollups(
      database.app,
      computed.map(({ row }) => row.id),
    );
    const failures: unknown[] = [];
    let more = false;
    for (const dataset of computed) {
      const { rollup } = dataset.row.intake;
      const source = rollup === undefined ? undefined : datasets.get(rollup.of);
      if (run.signal.aborted) break;
      // a suspended dataset receives nothing; its buckets wait
      if (rollup === undefined || source === undefined || !receives(dataset.row.state)) continue;
      try {
        more = (await step(services, { rollup, dataset, source }, run)) || more;
      } catch (error) {
        // the dataset changed in the meantime: the next run computes the buckets again
        if (error instanceof DecideAfresh) more = true;
        else failures.push(error);
      }
    }
    return { more: more && failures.length === 0 && !run.signal.aborted, failures };
  },
});

interface Computing {
  readonly rollup: Rollup;
  readonly dataset: LiveDataset;
  readonly source: LiveDataset;
}

/** @returns whether more waits @throws Problem rollup_unfit, job_taken_over; DecideAfresh */
async function step(services: IntakeServices, computing: Computing, run: JobRun): Promise<boolean> {
  const { app } = services.database;
  const { rollup, dataset, source } = computing;
  const reason = rollupUnfit(rollup, dataset.row.intake, dataset.schema, {
    schema: source.schema,
    intake: source.row.intake,
  });
  if (reason !== undefined) throw new Problem('rollup_unfit', { reason });
  const definition = `${rollupText(rollup)} (${source.schema.urn}, ${dataset.schema.urn})`;
  const before = await rollupPosition(app, dataset.row.id);
  const stands: RollupPosition['place'] = before.definition === definition ? before.place : [];
  const { buckets, next } = await nextBuckets(services, computing, { ...before, place: stands });
  if (buckets.length === 0 && next.sequence === before.sequence && stands === null) return false;
  const position = { ...next, definition };
  const move = async (transaction: Parameters<typeof moveRollup>[0]): Promise<void> => {
    if (!(await moveRollup(transaction, dataset.row.id, source.row.id, before, position)))
      throw new DecideAfresh();
  };
  const rows = await computedRows(services, computing, buckets, run.now());
  if (rows.length === 0) await withTransaction(app, move);
  else await publish(services, dataset, rows, run, move);
  return next.more;
}

/** The buckets of the calls that wait, otherwise the next ones of a computation of all. */
async function nextBuckets(
  services: IntakeServices,
  { rollup, dataset, source }: Computing,
  { sequence, place }: RollupPosition,
): Promise<{
  readonly buckets: readonly Bucket[];
  readonly next: Pick<RollupPosition, 'sequence' | 'place'> & { readonly more: boolean };
}> {
  const { every } = rollup;
  const { database } = services;
  const changes = await changedBuckets(database.app, source.row.id, sequence, maxCalls);
  if (changes.length > 0) {
    const buckets = new Map<string, Bucket>();
    let last = sequence;
    for (const change of changes) {
      if (buckets.size + change.buckets.length > maxBuckets && buckets.size > 0) break;
      for (const [series, time] of change.buckets) {
        const bucket: Bucket = [series, bucketOf(every, time)];
        buckets.set(JSON.stringify(bucket), bucket);
      }
      last = change.sequence;
    }
    const whole = last === changes.at(-1)?.sequence && changes.length < maxCalls;
    return {
      buckets: [...buckets.values()],
      next: { sequence: last, place, more: !whole || place !== null },
    };
  }
  if (place === null) return { buckets: [], next: { sequence, place, more: false } };
  for (const one of [source, dataset]) await readyTable(services, one, []);
  const [series, from] = place;
  const after: Bucket | undefined = series === undefined || from === undefined ? undefined : [series, from];
  const places = { readings: placesOf(source, source), computed: placesOf(dataset, source) };
  const buckets = await bucketsFrom(database.app, places, every, after, maxSwept);
  const end = buckets.at(-1);
  const rest: RollupPosition['place'] =
    end === undefined || buckets.length < maxSwept ? null : [end[0], bucketEnd(every, end[1])];
  return { buckets, next: { sequence, place: rest, more: rest !== null } };
}

/** Computed rows have the key of their readings. */
const placesOf = ({ row, schema }: LiveDataset, readings: LiveDataset): Places => ({
  ...{ dataset: row.id, schema },
  series: seriesOf(readings.row.intake.timeField ?? '', schema),
});

/** Rows in the form of a call, without buckets of periods that are over: their readings, or they themselves, are deleted. */
async function computedRows(
  { database }: IntakeServices,
  { rollup, dataset, source }: Computing,
  buckets: readonly Bucket[],
  now: number,
): Promise<readonly object[]> {
  const since = [source, dataset].map((one) => retainedPeriods(one, now)?.first ?? '');
  const live = buckets.filter(([, from]) => since.every((first) => from.slice(0, first.length) >= first));
  if (live.length === 0) return [];
  const fields = rollupFields(rollup);
  const computations = fields.flatMap(({ field, by }) => {
    const column = layoutOf(source.schema).byField.get(field);
    return column === undefined ? [] : [{ column, by }];
  });
  const spans = live.map((bucket) => ({ bucket, until: bucketEnd(rollup.every, bucket[1]) }));
  const found = await computeBuckets(database.app, placesOf(source, source), computations, spans);
  return found.map((one) => rowOf(one, source, dataset, fields));
}

function rowOf(
  { series, from, values }: ComputedBucket,
  source: LiveDataset,
  { schema }: LiveDataset,
  fields: ReturnType<typeof rollupFields>,
): object {
  const { keys, time } = placesOf(source, source).series;
  const isNullable = new Map(schema.fields.map(({ name, nullable }) => [name, nullable]));
  return Object.fromEntries([
    ...keys.map(({ field }, i) => [field, series[i]]),
    [time.field, from],
    ...fields.flatMap(({ name }, i) =>
      values[i] === null && isNullable.get(name) !== true ? [] : [[name, values[i]]],
    ),
  ]) as object;
}

/** Stores computed rows like the rows of a call. */
async function publish(
  services: IntakeServices,
  dataset: LiveDataset,
  rows: readonly object[],
  run: JobRun,
  move: (transaction: Parameters<typeof moveRollup>[0]) => Promise<void>,
): Promise<void> {
  const now = run.now();
  const bytes = Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'), 'utf8');
  const { subjectKey, registry } = services;
  const { surroundings } = registry.current;
  const read = await readRows({ bytes, isLines: true }, dataset, undefined, {
    subjectKey,
    surroundings,
    now,
  });
  await ready(services, dataset, read.periods);
  const checked = await checkRows(services, dataset, read);
  const exchange = uuid7(now);
  const { effects } = await publication({ bytes, now, exchange }, services, dataset, {
    ...{ read, checked, work: move },
  });
  const { facts, claims, work } = effects;
  await run.act({
    ...{ kind: 'intake', exchange, facts, ...(claims === undefined ? {} : { claims }) },
    ...(work === undefined ? {} : { work }),
  });
  await effects.whenDurable?.('');
}
