/**
 * The hub lives by the clock of its database: two processes then agree on what is expired. What is asked for is an offset to this
 * process's own monotonic clock, which nobody can set; so asking the time costs nothing, and a clock that was set is noticed:
 *
 * - small steps are followed, as NTP makes them; but not faster than 1 s in 1,000 s over time, so that nobody walks the clock away;
 * - a jump over 2 s is not followed. It has an explanation when this machine slept as long (its uptime goes on, its monotonic clock does
 *   not), or when another server answers whose clock agrees with this machine's, which itself did not jump (failover);
 * - without explanation the hub says so and logs nothing more, until the clock is back or the operator starts it anew;
 * - `now()` never goes back.
 */
import { uptime } from 'node:os';
import type { Pool } from 'pg';
import { Problem } from '../../../terms/problem.ts';

/** ms; beyond it signatures and certificates would be judged wrongly */
const largestStep = 2_000;
/** the share of elapsed time by which a clock may go wrong without being set: twice what NTP slews */
const slew = 0.001;
/** ms between two looks */
export const clockLooksEvery = 5_000;
/** ms; a look that took longer says too little */
const maxLookLength = 1_000;

/** Where times come from. All in ms; replaced in tests only. */
export interface ClockSources {
  /** of this process; never set, stands still while the machine sleeps */
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
  /** which server answers: it changes with a failover, and with a restart */
  readonly server: string;
}

/** A jump that was followed. */
export interface ExplainedJump {
  readonly reason: 'paused' | 'failover';
  /** forward is positive */
  readonly milliseconds: number;
}

export interface DatabaseClock {
  /** Unix ms by the clock of the database; never less than before */
  now(): number;
  /** `now()` is not less than this from here on. @param at Unix ms */
  notBefore(at: number): void;
  /** clock_jumped while a jump has no explanation */
  trouble(): Problem | undefined;
  /** Looks now, instead of at the next time. */
  look(): Promise<void>;
  stop(): void;
}

/** @throws Problem clock_skew when this machine's clock is more than 2 s away */
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
  /** of the uptime to the monotonic clock: grows by what the machine slept */
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

/** The quickest of three. */
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
  /** the last look that was followed */
  private last: Look;
  /** the offset as far as it is believed: it creeps towards what is measured */
  private believed: number;
  private told = 0;
  trouble: Problem | undefined;

  constructor(sources: ClockSources, first: Look, onJump: (jump: ExplainedJump) => void) {
    this.sources = sources;
    this.onJump = onJump;
    this.last = first;
    this.believed = first.offset;
  }

  now(): number {
    this.told = Math.max(this.told, Math.round(this.sources.monotonic() + this.last.offset));
    return this.told;
  }

  notBefore(at: number): void {
    this.told = Math.max(this.told, at);
  }

  async look(): Promise<void> {
    const look = await lookOnce(this.sources).catch(() => undefined); // the database is away: the last offset holds
    if (look === undefined || look.took > maxLookLength) return;
    const jump = look.offset - this.believed;
    if (Math.abs(jump) <= largestStep) {
      const most = Math.max(look.monotonic - this.last.monotonic, 0) * slew;
      this.follow(look, this.believed + Math.min(Math.max(jump, -most), most));
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
