import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { lazily } from '../terms/lazily.ts';
import { median as medianOf } from '../hub/domain/median.ts';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { RunningPostgres } from '../hub/platform/postgres/startPostgres.ts';
import { asLogin, type Database } from '../hub/platform/database/database.ts';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { DatabaseAddress } from '../hub/platform/database/connection.ts';
import type { Machine } from '../tests/hub.ts';
import type { Party } from './clients.ts';

/* A program of the bench in a separate process: it sends a number once it is ready, and one for each number that it receives. */

/** Starts a program of `clients.ts` or `load.ts` that receives orders as messages. @param name the exported function */
export const startChild = (module: 'clients.ts' | 'load.ts', name: string): ChildProcess =>
  fork(fileURLToPath(new URL('child.mjs', import.meta.url)), [module, name], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });

/** Sends an order to a program that `startChild` started. @returns its answer @throws Error where the program reports one */
export async function answerOf<T extends object>(child: ChildProcess, order: object): Promise<T> {
  child.send(order);
  const answer = await messageOf<T & { readonly error?: string }>(child);
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}

/** The next message of a process. @throws Error where the process ends instead */
export async function messageOf<T>(child: ChildProcess): Promise<T> {
  const answered = new AbortController();
  const ended = once(child, 'exit', answered).then(() => {
    throw new Error(`${child.spawnargs.slice(2).join(' ')} has ended`);
  });
  ended.catch(() => undefined);
  try {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [T];
    return message;
  } finally {
    answered.abort();
  }
}

/** A machine as a program of another process gets it. */
export const partyOf = ({ department, tls, signing }: Machine): Party => ({
  department,
  tls,
  signing: signing.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
});

/** What a program of `programs.ts` is started for. */
export type ProgramOrder =
  | {
      /** a hub that appends: asked for milliseconds, it answers entries a second */
      readonly program: 'append';
      readonly address: DatabaseAddress;
      readonly keysDir: string;
      readonly stateDir: string;
      readonly callers: number;
    }
  | {
      /** another process of a hub: asked for 0, it answers the port of its exchange listener; for 1, the core milliseconds that it has used */
      readonly program: 'hub';
      readonly address: DatabaseAddress;
      readonly keysDir: string;
    }
  | {
      /** translates a file: asked for its number of rows, it answers that number */
      readonly program: 'translate';
      readonly path: string;
    }
  | {
      /** reads about 100 MB of a format (of workbooks: two files, a small one first): answers by how many bytes the process grew */
      readonly program: 'read';
      readonly format: string;
      readonly workbooks: readonly string[];
    }
  | {
      /** an OpenTelemetry receiver that accepts everything: answers its port */
      readonly program: 'receive';
    };

export class Forked {
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  /** Bundled like the bench itself, so that its speed is comparable. @param order passed to the program as `process.argv[2]` */
  static async start(order: ProgramOrder): Promise<Forked> {
    const run = fileURLToPath(new URL('../scripts/bundled.mjs', import.meta.url));
    const program = fileURLToPath(new URL('programs.ts', import.meta.url));
    const started = new Forked(fork(run, [program, JSON.stringify(order)]));
    await started.answer();
    return started;
  }

  /** @throws Error where the process ended instead */
  async ask(number: number): Promise<number> {
    this.child.send(number);
    return this.answer();
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const gone = once(this.child, 'exit');
    this.child.kill();
    await gone;
  }

  private answer(): Promise<number> {
    return messageOf(this.child);
  }
}

/*
 * A server that has run for a while reuses the segments of its write-ahead log. A new one makes each of them, 16 MB of zeros, in the middle
 * of a commit: 50 to 80 ms, of a stream that takes 300. A checkpoint recycles segments that are no longer needed.
 */

/**
 * Runs before each round, outside the measurement, so that rounds measure a hub that has run for a while. @param database of a hub whose
 * server is its own
 */
export async function steadyWal({ address }: Pick<Database, 'address'>): Promise<void> {
  await asLogin(address, (login) => login.query('CHECKPOINT'));
}

const rounds = 10;

/**
 * Core milliseconds that hub and database took for it together, run in sequence; elapsed time would also measure other load of the machine.
 */
export type Timed = (action: () => Promise<unknown>) => Promise<number>;

export const coreTime = (server: Pick<RunningPostgres, 'pid'>): Timed => {
  const spent = coreSpent(server);
  return async (action) => {
    await action();
    const before = spent();
    for (let round = 0; round < rounds; round += 1) await action();
    return (spent() - before) / rounds;
  };
};

/** Returns how many core milliseconds this process and the database have used until now, less the cost of measuring. */
export const coreSpent = ({ pid }: Pick<RunningPostgres, 'pid'>): (() => number) => {
  const own = (): number => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  };
  let asking = 0;
  return () => {
    const before = own();
    const childProcesses = childrenOf(pid);
    asking += own() - before;
    return own() - asking + childProcesses;
  };
};

/** Core milliseconds of a process's children, ended ones included; 0 where the system does not report them. */
function childrenOf(parent: number): number {
  let ticks = 0;
  for (const pid of existsSync('/proc/self/stat') ? readdirSync('/proc') : []) {
    if (!/^\d+$/.test(pid)) continue;
    let stat: string;
    try {
      stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    } catch {
      continue; // the process has ended since
    }
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(pid) === parent) ticks += Number(fields[13]) + Number(fields[14]);
    if (Number(fields[1]) === parent) ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks * 10;
}

export type Limit = { readonly atLeast: number } | { readonly atMost: number };

/** One figure of a benchmark: measured with its baseline in the same run. */
export interface BenchRow {
  readonly figure: string;
  readonly value: number;
  /** `×` for a ratio, else the unit: `decisions/s`, `ms`, `MB` */
  readonly unit: string;
  /** description of the baseline */
  readonly against: string;
  /** the limit of the design's budgets; absent = reported only. Of a time or a rate: on the machine where limits were set */
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

/** @throws RangeError where there are no samples */
export function median(samples: readonly number[]): number {
  const middle = medianOf(samples);
  if (middle === undefined) throw new RangeError('median of no samples');
  return middle;
}

/** Measures two sides in turns. @returns the median ratio of a round (measured ÷ base), and the median of each side */
export async function inTurns(
  rounds: number,
  base: () => number | Promise<number>,
  measured: () => number | Promise<number>,
): Promise<{ readonly ratio: number; readonly base: number; readonly measured: number }> {
  const samples: { readonly base: number; readonly measured: number }[] = [];
  for (let round = 0; round < rounds; round += 1)
    samples.push({ base: await base(), measured: await measured() });
  return {
    ratio: median(samples.map((one) => one.measured / one.base)),
    base: median(samples.map((one) => one.base)),
    measured: median(samples.map((one) => one.measured)),
  };
}

/** @param sorted ascending @param share 0.95 for the 95th percentile @returns 0 of none */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

/** Watches the memory of this process. @param read bytes now; by default the resident memory @param every milliseconds between two samples @returns ends it: the peak since then, in MB */
export function memoryPeak(read = (): number => process.memoryUsage.rss(), every = 50): () => number {
  let peak = read();
  const timer = setInterval(() => (peak = Math.max(peak, read())), every);
  return () => {
    clearInterval(timer);
    return peak / 1e6;
  };
}

const collect = lazily((): (() => void) => {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
});

/** Bytes in use after what is no longer used was collected: without that they depend on when the engine collects. */
export function usedBytes(): number {
  collect()();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** @returns ends it: by how many MB the memory of this process has grown at most */
export function memoryGrowth(): () => number {
  const before = process.memoryUsage.rss() / 1e6;
  const peak = memoryPeak();
  return () => peak() - before;
}
