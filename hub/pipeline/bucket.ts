/** The load before the log: a bucket of calls for each client certificate, so that one caller cannot crowd out the others. */
export interface BucketLimits {
  /** calls a second, on average */
  readonly rate: number;
  /** calls at once */
  readonly burst: number;
}

export interface Buckets {
  /** Takes one call. @returns 0 when there was one, else seconds until there will be */
  take(key: string, nowMs: number): number;
}

interface Level {
  calls: number;
  at: number;
}

/** How many callers are remembered; the one longest silent is forgotten first, which only fills its bucket again. */
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
      levels.set(key, level); // to the end: the first is the one longest silent
      const elapsed = Math.max(0, nowMs - level.at);
      level.calls = Math.min(limits.burst, level.calls + (elapsed / 1000) * limits.rate);
      level.at = nowMs;
      if (level.calls < 1) return (1 - level.calls) / limits.rate;
      level.calls -= 1;
      return 0;
    },
  };
}
