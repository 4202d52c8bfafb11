/** One figure of a benchmark: measured beside what it is compared with, in the same run. */
export interface BenchRow {
  readonly figure: string;
  readonly value: number;
  /** `×` for a ratio, else the unit: `decisions/s`, `ms`, `MB` */
  readonly unit: string;
  /** what it was compared with, in words */
  readonly against: string;
  /** the limit of the design's budgets; absent = reported only */
  readonly must?: { readonly atLeast: number } | { readonly atMost: number };
  readonly aim?: number;
  /** anything a reader needs to judge it: rates of both sides, callers, sockets, rows */
  readonly note?: string;
}

export interface Bench {
  /** Runs the paths it compares in turns, so that a busy machine slows both. */
  readonly run: () => Promise<readonly BenchRow[]>;
}

/** Median of an odd or even number of samples. @throws RangeError on none */
export function median(samples: readonly number[]): number {
  const sorted = [...samples].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new RangeError('median of no samples');
  return (upper + lower) / 2;
}
