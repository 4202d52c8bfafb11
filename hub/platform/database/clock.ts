/**
 * The hub uses the clock of its database, so that two processes agree on what is expired. It measures the offset to this process's own
 * monotonic clock, which cannot be set. So reading the time costs nothing, and a clock that was set is detected:
 *
 * - It follows small steps, such as those of NTP, but at most 1 s in 1,000 s over time, so that no one can shift the clock gradually.
 * - It does not follow a jump over 2 s unless there is an explanation. One is that this machine slept that long: its uptime advances, its
 * monotonic clock does not. The other is a failover: another server answers, its clock agrees with this machine's, and this machine's
 * clock did not jump.
 * - Without an explanation the hub reports the jump and logs nothing more, until the clock is back or the operator restarts the hub.
 * - `now()` never goes back.
 */
import { uptime } from 'node:os';
import type { Pool } from 'pg';
import { Problem } from '../../../terms/problem.ts';

/** ms; with a larger error signatures and certificates would be judged wrongly */
const largestStep = 2_000;
/** the share of elapsed time by which a clock may drift without being set: twice what NTP slews */
const slew = 0.001;
/** ms between two measurements */
export const clockLooksEvery = 5_000;
/** ms; a measurement that took longer is too inaccurate */
const maxMeasurementMs = 1_000;

/** Sources of the times. All in ms; replaced in tests only. */
export interface ClockSources {
  /** of this process; never set, stops while the machine sleeps */
  readonly monotonic: () => number;
  /** of this machine */
  readonly wall: () => number;
  /** since the machine was started, sleep included */
  readonly uptime: () => number;
  readonly ask: () => Promise<DatabaseTime>;
}

export interface DatabaseTime {
  /** Unix ms */
  readonly at: number;
  /** identifies the answering server: it changes with a failover, and with a restart */
  readonly server: string;
}

/** A jump that was followed. */
export interface ExplainedJump {
  readonly reason: 'paused' | 'failover';
  /** positive is forward */
  readonly milliseconds: number;
}

export interface DatabaseClock {
  /** Unix ms by the clock of the database; never less than before */
  now(): number;
  /** Ensures that `now()` is not less than this from here on. @param at Unix ms */
  notBefore(at: number): void;
  /** clock_jumped while a jump has no explanation */
  trouble(): Problem | undefined;
  /** Measures now, instead of at the next interval. */
  look(): Promise<void>;
  stop(): void;
}

/** @throws Problem clock_skew when this machine's clock differs by more than 2 s */
export async function startClock(
  sources: ClockSources,
  onJump: (jump: ExplainedJump) => void = () => undefined,
): Promise<DatabaseClock> {
  const clock = new FollowedClock(sources, await firstLook(sources), onJump);
  const timer = setInterval(() => void clock.look(), clockLooksEvery).unref();
  return {
    now: () => clock.now(),
    notBefore: (at) => clock.notBefore(at),
    trouble: () => clock.trouble,
    look: () => clock.look(),
    stop: () => clearInterval(timer),
  };
}

export const clockSources = (pool: Pool): ClockSources => ({
  monotonic: () => performance.now(),
  wall: () => Date.now(),
  uptime: () => uptime() * 1_000,
  ask: async () => {
    const { rows } = await pool.query<{ ms: number; server: string }>(
      `SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms,
              concat_ws(' ', inet_server_addr(), inet_server_port(), pg_postmaster_start_time()) AS server`,
    );
    const [row] = rows;
    if (row === undefined) throw new TypeError('a SELECT without FROM has one row');
    return { at: row.ms, server: row.server };
  },
});

interface Look {
  readonly monotonic: number;
  readonly took: number;
  /** of the database to the monotonic clock */
  readonly offset: number;
  /** of this machine's clock to the monotonic clock */
  readonly wall: number;
  /** of the uptime to the monotonic clock: grows by the time that the machine slept */
  readonly slept: number;
  readonly server: string;
}

async function lookOnce({ monotonic, wall, uptime: since, ask }: ClockSources): Promise<Look> {
  const before = monotonic();
  const { at, server } = await ask();
  const took = monotonic() - before;
  const middle = before + took / 2;
  const after = monotonic();
  return {
    monotonic: middle,
    took,
    offset: at - middle,
    wall: wall() - after,
    slept: since() - after,
    server,
  };
}

/** The quickest of three measurements. */
async function firstLook(sources: ClockSources): Promise<Look> {
  const looks = [await lookOnce(sources), await lookOnce(sources), await lookOnce(sources)];
  const best = looks.reduce((one, other) => (other.took < one.took ? other : one));
  const skew = Math.abs(best.offset - best.wall);
  if (skew > largestStep) throw new Problem('clock_skew', { seconds: (skew / 1000).toFixed(1) });
  return best;
}

class FollowedClock {
  private readonly sources: ClockSources;
  private readonly onJump: (jump: ExplainedJump) => void;
  /** the last measurement that was followed */
  private last: Look;
  /** the trusted offset: it moves slowly towards the measured one */
  private believed: number;
  /** the latest time that was returned, Unix milliseconds: a clock never goes back */
  private latest = 0;
  trouble: Problem | undefined;

  constructor(sources: ClockSources, first: Look, onJump: (jump: ExplainedJump) => void) {
    this.sources = sources;
    this.onJump = onJump;
    this.last = first;
    this.believed = first.offset;
  }

  now(): number {
    this.latest = Math.max(this.latest, Math.round(this.sources.monotonic() + this.last.offset));
    return this.latest;
  }

  notBefore(at: number): void {
    this.latest = Math.max(this.latest, at);
  }

  async look(): Promise<void> {
    const look = await lookOnce(this.sources).catch(() => undefined); // the database is unavailable: the last offset applies
    if (look === undefined || look.took > maxMeasurementMs) return;
    const jump = look.offset - this.believed;
    if (Math.abs(jump) <= largestStep) {
      const maxStep = Math.max(look.monotonic - this.last.monotonic, 0) * slew;
      this.follow(look, this.believed + Math.min(Math.max(jump, -maxStep), maxStep));
      return;
    }
    const reason = this.explanation(look, jump);
    if (reason === undefined) {
      this.trouble = new Problem('clock_jumped', { seconds: (jump / 1000).toFixed(1) });
      return;
    }
    this.follow(look, look.offset);
    this.onJump({ reason, milliseconds: Math.round(jump) });
  }

  private follow(look: Look, believed: number): void {
    this.last = look;
    this.believed = believed;
    this.trouble = undefined;
  }

  private explanation(look: Look, jump: number): ExplainedJump['reason'] | undefined {
    const slept = look.slept - this.last.slept;
    if (jump > 0 && slept > 0 && Math.abs(jump - slept) <= largestStep) return 'paused';
    const steady = Math.abs(look.wall - this.last.wall) <= largestStep;
    const agrees = Math.abs(look.offset - look.wall) <= largestStep;
    return look.server !== this.last.server && steady && agrees ? 'failover' : undefined;
  }
}
