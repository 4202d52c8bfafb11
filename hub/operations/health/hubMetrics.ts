/** Metrics in Prometheus text format. Labels are operations, statuses and codes: never a department, a dataset or a person. */
import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';
import type { LiveEvents } from '../../exchange/live/liveProviders.ts';
import type { Gauge as HubGauge } from './hubGauges.ts';

export interface HubMetrics {
  /** a reply was written */
  answered(operation: string, status: number, milliseconds: number): void;
  /** refused before it reached an operation */
  refused(reason: string): void;
  /** failures that are the hub's own */
  failed(): void;
  /** what came of questions to providers of live datasets */
  readonly live: Required<LiveEvents>;
  /** a run of a job ended: `ok` or the code of a problem */
  jobEnded(job: string, outcome: string, milliseconds: number): void;
  /** @returns the text and its content type */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

/** Longer than that no figure is waited for, in milliseconds: whoever reads metrics gives up after ten seconds, and would get none. */
const patience = 3_000;

/**
 * @param gauges figures that are asked for when metrics are read, by name (`audit_queue`) and help text. One that fails, or comes late, is
 *   absent and counted, and hides no other
 * @param unread told of each that failed; must not throw
 */
export function hubMetrics(
  gauges: Readonly<Record<string, HubGauge>> = {},
  unread: (gauge: string, error: unknown) => void = () => undefined,
): HubMetrics {
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
  const gaugeFailures = new Counter({
    name: 'datong_gauge_failures_total',
    help: 'figures that could not be read for the metrics, which then lack them',
    labelNames: ['gauge'],
    registers,
  });
  const figures = Object.entries(gauges).map(([name, { help, value }]) => {
    const gauge = new Gauge({ name: `datong_${name}`, help, registers });
    return async (): Promise<void> => {
      let figure = NaN;
      try {
        figure = await inTime(value);
      } catch (error) {
        gaugeFailures.inc({ gauge: name });
        unread(name, error);
      }
      if (Number.isNaN(figure)) gauge.remove();
      else gauge.set(figure);
    };
  });
  // resolving labels at every reply would cost as much as the rest of the bookkeeping
  const known = new Map<
    string,
    { readonly count: Counter.Internal; readonly time: Histogram.Internal<'operation'> }
  >();
  return {
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
    refused: (reason) => refusals.inc({ reason }),
    failed: () => failures.inc(),
    text: async () => {
      // before the registry gathers: it gives nothing at all where one figure fails, and would tell the failures of the time before
      await Promise.all(figures.map((read) => read()));
      return { contentType: registry.contentType, body: await registry.metrics() };
    },
  };
}

/** @throws what the figure throws, or that it did not come in time */
async function inTime(value: HubGauge['value']): Promise<number> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`not counted in ${patience} ms`));
    }, patience);
  });
  try {
    return await Promise.race([value(), late]);
  } finally {
    clearTimeout(timer);
  }
}
