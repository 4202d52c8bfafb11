/** Rate limit before the log: one token bucket for each client certificate, so that one caller cannot crowd out the others. */
export interface BucketLimits {
  /** calls per second, on average */
  readonly rate: number;
  /** calls in one burst */
  readonly burst: number;
}

export interface Buckets {
  /** Takes one call. @returns 0 if a call was available, else the seconds until one is */
  take(key: string, nowMs: number): number;
}

interface Level {
  calls: number;
  at: number;
}

/** Maximum number of callers in memory. The least recently active one is evicted first, which only refills its bucket. */
const maxKeys = 10_000;

export function buckets(limits: BucketLimits): Buckets {
  const levels = new Map<string, Level>();
  return {
    take(key, nowMs) {
      let level = levels.get(key);
      if (level === undefined) {
        level = { calls: limits.burst, at: nowMs };
        const oldest = levels.size >= maxKeys ? levels.keys().next().value : undefined;
        if (oldest !== undefined) levels.delete(oldest);
      } else levels.delete(key);
      levels.set(key, level); // moves the key to the end: the first one is the least recently active
      const elapsed = Math.max(0, nowMs - level.at);
      level.calls = Math.min(limits.burst, level.calls + (elapsed / 1000) * limits.rate);
      level.at = nowMs;
      if (level.calls < 1) return (1 - level.calls) / limits.rate;
      level.calls -= 1;
      return 0;
    },
  };
}
