/**
 * Increase of counters over the last 15 minutes, for operators without a monitoring system. Owns its snapshots: one a minute, for a quarter
 * of an hour.
 */
import type { MetricFamily, MetricSample } from './metricFamily.ts';

const everyMs = 60_000;
const maxSnapshots = 15;

/** The counters whose increase is computed. */
const followed = ['datong_answers_total', 'datong_answer_seconds', 'datong_refused_total'] as const;
export type FollowedCounter = (typeof followed)[number];

interface Snapshot {
  /** value of performance.now() */
  readonly at: number;
  readonly values: ReadonlyMap<string, number>;
}

export interface Increase {
  /** length of the time that is compared */
  readonly seconds: number;
  /** the samples of a counter, each with its increase */
  readonly of: (counter: FollowedCounter) => readonly MetricSample[];
}

export class CounterHistory {
  private readonly read: (counter: FollowedCounter) => Promise<MetricFamily | undefined>;
  private snapshots: Snapshot[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param read the present values of a counter; cheap */
  constructor(read: CounterHistory['read']) {
    this.read = read;
  }

  /** Takes the first snapshot now, and then one each minute. */
  async begin(): Promise<void> {
    await this.take();
    this.timer ??= setInterval(() => void this.take(), everyMs).unref();
  }

  close(): void {
    clearInterval(this.timer);
  }

  /** Compares the present values with the oldest snapshot. */
  async increase(): Promise<Increase> {
    const [oldest = { at: performance.now(), values: new Map<string, number>() }] = this.snapshots;
    const rose = new Map<FollowedCounter, readonly MetricSample[]>();
    for (const counter of followed)
      rose.set(
        counter,
        (await this.samplesOf(counter)).map((sample) => ({
          ...sample,
          value: sample.value - (oldest.values.get(keyOf(counter, sample)) ?? 0),
        })),
      );
    return { seconds: (performance.now() - oldest.at) / 1_000, of: (counter) => rose.get(counter) ?? [] };
  }

  private async samplesOf(counter: FollowedCounter): Promise<readonly MetricSample[]> {
    return (await this.read(counter))?.values ?? [];
  }

  private async take(): Promise<void> {
    const values = new Map<string, number>();
    for (const counter of followed)
      for (const sample of await this.samplesOf(counter)) values.set(keyOf(counter, sample), sample.value);
    this.snapshots = [...this.snapshots, { at: performance.now(), values }].slice(-maxSnapshots);
  }
}

const keyOf = (counter: string, { metricName = counter, labels }: MetricSample): string =>
  `${metricName} ${JSON.stringify(labels)}`;
