/**
 * Counters of the hub's own work, for its metrics. Labels are operations, statuses, codes, registered data sets and departments: never a
 * person.
 */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { Leaf } from '../../../../log/leaf.ts';
import type { LiveEvents } from '../../../flows/live/liveProviders.ts';
import type { MetricFamily } from './metricFamily.ts';

export interface HubCounters {
  /** registry of the Prometheus client */
  readonly registry: Registry;
  /** the present values of one counter or histogram; undefined for a name that it does not have */
  family(name: string): Promise<MetricFamily | undefined>;
  /** a reply was written */
  answered(operation: string, status: number, milliseconds: number): void;
  /** an entry about requested rows of a data set is durable @param dataset undefined: not a registered one */
  asked(operation: string, dataset: string | undefined, consumer: string, decision: 'allow' | 'deny'): void;
  /** refused before it reached an operation */
  refused(reason: string): void;
  /** failures of the hub itself */
  failed(): void;
  /** outcomes of queries to providers of live datasets */
  readonly live: Required<LiveEvents>;
  /** an export to the OpenTelemetry receiver ended */
  exported(signal: string, outcome: string): void;
  /** a run of a job ended: `ok` or the code of a problem */
  jobEnded(job: string, outcome: string, milliseconds: number): void;
}

/** Maximum number of call series by data set and consumer; further ones are counted together. */
export const maxAskedSeries = 10_000;

/**
 * Counts the entry of a call for rows.
 * @param isRegistered whether it is a data set; a name invented by the caller must not become a label
 */
export const countCalls =
  ({ asked: requested }: Pick<HubCounters, 'asked'>, isRegistered: (dataset: string) => boolean) =>
  ({
    kind,
    operation,
    dataset,
    consumer,
    decision,
  }: Pick<Leaf, 'kind' | 'operation' | 'dataset' | 'consumer' | 'decision'>): void => {
    if (kind !== 'release' || dataset === undefined || consumer === undefined) return;
    requested(operation, isRegistered(dataset) ? dataset : undefined, consumer, decision);
  };

/** Counters that start at zero: created before the components that count. */
export function hubCounters(): HubCounters {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'datong_' });
  const registers = [registry];
  const answers = new Counter({
    name: 'datong_answers_total',
    help: 'replies by operation and status',
    labelNames: ['operation', 'status'],
    registers,
  });
  const seconds = new Histogram({
    name: 'datong_answer_seconds',
    help: 'time from the first byte of a request to its reply',
    labelNames: ['operation'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers,
  });
  const datasetCalls = new Counter({
    name: 'datong_dataset_calls_total',
    help: 'calls for rows by operation, data set, department that asks, and decision',
    labelNames: ['operation', 'dataset', 'consumer', 'decision'],
    registers,
  });
  const requestedSeries = new Map<string, Counter.Internal>();
  const refusals = new Counter({
    name: 'datong_refused_total',
    help: 'refused before an operation: parser, TLS, address, size, load',
    labelNames: ['reason'],
    registers,
  });
  const failures = new Counter({ name: 'datong_failures_total', help: "the hub's own failures", registers });
  const jobRuns = new Counter({
    name: 'datong_job_runs_total',
    help: "runs of the hub's own jobs by outcome: ok or the code of a problem",
    labelNames: ['job', 'outcome'],
    registers,
  });
  const jobSucceeded = new Gauge({
    name: 'datong_job_last_success_seconds',
    help: 'Unix time at which this process last ended a job without a failure',
    labelNames: ['job'],
    registers,
  });
  const jobSeconds = new Histogram({
    name: 'datong_job_seconds',
    help: 'time that a run of a job took',
    labelNames: ['job'],
    buckets: [0.01, 0.1, 1, 10, 60, 600],
    registers,
  });
  const exports = new Counter({
    name: 'datong_telemetry_exports_total',
    help: 'exports of traces and metrics to the OpenTelemetry receiver: ok or failed',
    labelNames: ['signal', 'outcome'],
    registers,
  });
  const liveSeconds = new Histogram({
    name: 'datong_live_seconds',
    help: 'time of a question to a provider of live data, its wait for a turn included, by what came of it',
    labelNames: ['outcome'],
    buckets: [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const liveDropped = new Counter({
    name: 'datong_live_rows_dropped_total',
    help: 'rows of providers of live data that could not be used, by reason',
    labelNames: ['reason'],
    registers,
  });
  const liveStray = new Counter({
    name: 'datong_live_frames_stray_total',
    help: 'frames of connectors that belong to no question under way: late, doubled or invented',
    registers,
  });
  // resolving labels for every reply would cost as much as the rest of the bookkeeping
  const known = new Map<
    string,
    { readonly count: Counter.Internal; readonly time: Histogram.Internal<'operation'> }
  >();
  return {
    registry,
    // the package's types name the kinds by number; its data has their names
    family: async (name) =>
      (await registry.getSingleMetric(name)?.get()) as unknown as MetricFamily | undefined,
    answered: (operation, status, milliseconds) => {
      const name = `${operation} ${status}`;
      let series = known.get(name);
      if (series === undefined) {
        series = { count: answers.labels(operation, String(status)), time: seconds.labels(operation) };
        known.set(name, series);
      }
      series.count.inc();
      series.time.observe(milliseconds / 1000);
    },
    asked: (operation, dataset = 'other', consumer, decision) => {
      const name = `${operation} ${dataset} ${consumer} ${decision}`;
      let series = requestedSeries.get(name);
      if (series === undefined) {
        const isFull = requestedSeries.size >= maxAskedSeries;
        series = datasetCalls.labels(
          operation,
          isFull ? 'other' : dataset,
          isFull ? 'other' : consumer,
          decision,
        );
        if (!isFull) requestedSeries.set(name, series);
      }
      series.inc();
    },
    jobEnded: (job, outcome, milliseconds) => {
      jobRuns.inc({ job, outcome });
      jobSeconds.observe({ job }, milliseconds / 1000);
      if (outcome === 'ok') jobSucceeded.setToCurrentTime({ job });
    },
    live: {
      asked: (outcome, ms) => liveSeconds.observe({ outcome }, ms / 1000),
      dropped: (reason, rows) => liveDropped.inc({ reason }, rows),
      stray: () => liveStray.inc(),
    },
    exported: (signal, outcome) => exports.inc({ signal, outcome }),
    refused: (reason) => refusals.inc({ reason }),
    failed: () => failures.inc(),
  };
}
