export type Limit = { readonly atLeast: number } | { readonly atMost: number };

/** One figure of a benchmark: measured with its baseline in the same run. */
export interface BenchRow {
  readonly figure: string;
  readonly value: number;
  /** `×` for a ratio, else the unit: `decisions/s`, `ms`, `MB` */
  readonly unit: string;
  /** description of the baseline */
  readonly against: string;
  /** the limit of the design's budgets; absent = reported only. Of a time or a rate: on the machine where limits were set (machine.ts) */
  readonly must?: Limit;
  readonly aim?: number;
  /** anything a reader needs to judge it: rates of both sides, callers, sockets, rows */
  readonly note?: string;
}

/**
 * The limit of a row on this machine. A time limit is longer, and a rate limit lower, by as much as a core is slower than where limits were
 * set. A faster core makes none stricter; ratios, shares and bytes do not change.
 * @param slowness how many times as long a piece of arithmetic takes here
 */
export function limitHere({ must, unit }: BenchRow, slowness: number): Limit | undefined {
  const slower = Math.max(1, slowness);
  if (must === undefined || slower === 1 || !/(?:^|\/)(?:ms|s|min)$/.test(unit)) return must;
  return 'atLeast' in must ? { atLeast: must.atLeast / slower } : { atMost: must.atMost * slower };
}

/** @param limit undefined where there is none */
export function holds(value: number, limit: Limit | undefined): boolean {
  if (limit === undefined) return true;
  return 'atLeast' in limit ? value >= limit.atLeast : value <= limit.atMost;
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
