/**
 * The hub lives by the clock of its database: two processes then agree on what is expired. Kept as an offset, measured at start
 * and once a minute, so that asking costs nothing.
 */
import type { Pool } from 'pg';
import { Problem } from '../../terms/problem.ts';

/** ms; beyond it signatures and certificates would be judged wrongly */
const largestSkew = 2_000;

export interface DatabaseClock {
  /** Unix ms by the clock of the database */
  now(): number;
  stop(): void;
}

/** Offset in ms, from the quickest of three round trips. */
async function measure(pool: Pool): Promise<number> {
  let best = { took: Infinity, offset: 0 };
  for (let round = 0; round < 3; round++) {
    const before = Date.now();
    const started = performance.now();
    const { rows } = await pool.query<{ ms: number }>(
      'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
    );
    const took = performance.now() - started;
    const ms = rows[0]?.ms ?? before;
    if (took < best.took) best = { took, offset: ms - (before + took / 2) };
  }
  return best.offset;
}

/** @throws Problem clock_skew when this machine's clock is more than 2 s away */
export async function startClock(pool: Pool, offsetOf: typeof measure = measure): Promise<DatabaseClock> {
  let offset = await offsetOf(pool);
  if (Math.abs(offset) > largestSkew) {
    throw new Problem('clock_skew', { seconds: (Math.abs(offset) / 1000).toFixed(1) });
  }
  const timer = setInterval(() => {
    offsetOf(pool).then(
      (measured) => (offset = measured),
      () => undefined, // the database is away: the last offset holds
    );
  }, 60_000);
  timer.unref();
  return {
    now: () => Math.round(Date.now() + offset),
    stop: () => clearInterval(timer),
  };
}
