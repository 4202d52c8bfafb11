/** Calls of the last minutes by operation: results, and latency as a histogram has it. */
import type { Increase } from './counterHistory.ts';
import type { MetricSample } from './metricFamily.ts';

export interface CallFigures {
  readonly operation: string;
  /** statuses below 400 */
  readonly answered: number;
  /** statuses from 400 to 499 */
  readonly refused: number;
  /** statuses from 500 on */
  readonly failed: number;
  /** milliseconds in which this share of the calls was answered */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
}

/** By operation, the most frequent first. */
export function callFigures({ of }: Pick<Increase, 'of'>): readonly CallFigures[] {
  const answers = of('datong_answers_total').filter(({ value }) => value > 0);
  const times = of('datong_answer_seconds');
  const figures = [...new Set(answers.map(operationOf))].map((operation): CallFigures => {
    const samples = answers.filter((sample) => operationOf(sample) === operation);
    const counted = (from: number, until: number): number =>
      samples
        .filter(({ labels }) => Number(labels['status']) >= from && Number(labels['status']) < until)
        .reduce((sum, { value }) => sum + value, 0);
    const limits = limitsOf(times.filter((sample) => operationOf(sample) === operation));
    const within = (share: number): number => Math.round(quantile(limits, share) * 10_000) / 10;
    return {
      operation,
      answered: counted(0, 400),
      refused: counted(400, 500),
      failed: counted(500, 600),
      p50Ms: within(0.5),
      p95Ms: within(0.95),
      p99Ms: within(0.99),
    };
  });
  const calls = ({ answered, refused, failed }: CallFigures): number => answered + refused + failed;
  return figures.sort((one, other) => calls(other) - calls(one));
}

const operationOf = ({ labels }: MetricSample): string => String(labels['operation']);

interface Limit {
  /** seconds */
  readonly limit: number;
  /** calls up to it */
  readonly count: number;
}

/** Buckets of a histogram, the lowest limit first. */
const limitsOf = (samples: readonly MetricSample[]): readonly Limit[] =>
  samples
    .filter(({ metricName }) => metricName === 'datong_answer_seconds_bucket')
    .map(({ labels, value }) => ({
      limit: labels['le'] === '+Inf' ? Infinity : Number(labels['le']),
      count: value,
    }))
    .sort((one, other) => one.limit - other.limit);

/**
 * The value below which a share of a histogram lies, linear within its bucket, as `histogram_quantile` of Prometheus computes it.
 * @returns 0 for an empty histogram; the highest finite limit where it is exceeded
 */
function quantile(limits: readonly Limit[], share: number): number {
  const rank = share * (limits.at(-1)?.count ?? 0);
  const at = limits.findIndex(({ count }) => count >= rank);
  const found = limits[at];
  if (found === undefined || rank === 0) return 0;
  const below = limits[at - 1] ?? { limit: 0, count: 0 };
  if (found.limit === Infinity) return below.limit;
  return below.limit + ((found.limit - below.limit) * (rank - below.count)) / (found.count - below.count);
}
