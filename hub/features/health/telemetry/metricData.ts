/** The metrics of `/metrics` in the form of OpenTelemetry, with the same names and labels. */
import { ValueType, type HrTime } from '@opentelemetry/api';
import {
  AggregationTemporality,
  DataPointType,
  type DataPoint,
  type MetricData,
} from '@opentelemetry/sdk-metrics';
import type { MetricFamily, MetricSample } from '../operations/metricFamily.ts';

type Distribution = Extract<
  MetricData,
  { dataPointType: DataPointType.HISTOGRAM }
>['dataPoints'][number]['value'];

/** When the counters began, and when they were read. */
export interface Period {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
}

/** Summaries have no form in it, and the hub has none. */
export const metricData = (families: readonly MetricFamily[], period: Period): MetricData[] =>
  families.flatMap((family) => {
    const data = dataOf(family, period);
    return data === undefined ? [] : [data];
  });

function dataOf({ name, help, type, values }: MetricFamily, period: Period): MetricData | undefined {
  const described = {
    descriptor: { name, description: help, unit: '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const points = (): DataPoint<number>[] =>
    values.map(({ labels, value }) => ({ ...period, attributes: { ...labels }, value }));
  switch (type) {
    case 'counter':
      return { ...described, dataPointType: DataPointType.SUM, isMonotonic: true, dataPoints: points() };
    case 'gauge':
      return { ...described, dataPointType: DataPointType.GAUGE, dataPoints: points() };
    case 'histogram':
      return {
        ...described,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: [...distributions(values).values()].map(({ attributes, samples }) => ({
          ...period,
          attributes,
          value: distributionOf(name, samples),
        })),
      };
    default:
      return undefined;
  }
}

type Labels = MetricSample['labels'];

/** The samples of a histogram by their labels other than the bucket's limit. */
function distributions(
  values: readonly MetricSample[],
): ReadonlyMap<string, { readonly attributes: Labels; readonly samples: MetricSample[] }> {
  const found = new Map<string, { readonly attributes: Labels; readonly samples: MetricSample[] }>();
  for (const sample of values) {
    const { le: _limit, ...attributes } = sample.labels;
    const key = JSON.stringify(attributes);
    const known = found.get(key);
    if (known === undefined) found.set(key, { attributes, samples: [sample] });
    else known.samples.push(sample);
  }
  return found;
}

/** Prometheus adds up buckets from the lowest limit; OpenTelemetry counts each bucket alone. */
function distributionOf(name: string, samples: readonly MetricSample[]): Distribution {
  const of = (suffix: string): number =>
    samples.find(({ metricName }) => metricName === `${name}_${suffix}`)?.value ?? 0;
  const limited = samples.filter(({ labels: { le } }) => le !== undefined && le !== '+Inf');
  const total = of('count');
  const sums = [...limited.map(({ value }) => value), total];
  return {
    buckets: {
      boundaries: limited.map(({ labels: { le } }) => Number(le)),
      counts: sums.map((sum, i) => sum - (sums[i - 1] ?? 0)),
    },
    sum: of('sum'),
    count: total,
  };
}
