/** Metrics as data. */

/** One value of a metric. `metricName` is that of a part of a histogram: `…_bucket`, `…_sum`, `…_count`. */
export interface MetricSample {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

/** All values of one metric. */
export interface MetricFamily {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary';
  readonly values: readonly MetricSample[];
}
