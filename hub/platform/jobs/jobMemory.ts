/**
 * What one process knows of the jobs: how often they run, and when each last ended. A database administrator can write any time into the
 * table `job`, so readiness and the runner rely on this memory, and on rows with a MAC of the hub.
 */
import type { Job } from './job.ts';
import type { JobRow } from './store/jobs.ts';

const minute = 60_000;
/** Milliseconds after which a run is reported that has not ended, unless its lease is longer. */
const patience = 3_600_000;
/** Milliseconds, in addition to interval and lease, after which a job is reported of which no run ended. */
const reserve = 5 * minute;

type Times = Pick<Job, 'name' | 'every' | 'lease'>;

/** A run that ended. */
interface Ended {
  /** Unix milliseconds */
  readonly at: number;
  /** `ok`, or the code of a problem */
  readonly outcome: string;
}

/** A job that is late, and since when it has not ended (Unix milliseconds). */
interface Late {
  readonly name: string;
  readonly since: number;
}

export class JobMemory {
  private since = 0;
  private times: readonly Times[] = [];
  private readonly ended = new Map<string, Ended>();
  /** start of the first run of this process since a run ended */
  private readonly started = new Map<string, number>();

  /** From now on these jobs run by their interval. @param now Unix milliseconds */
  expect(jobs: readonly Times[], now: number): void {
    this.times = jobs;
    this.since = now;
  }

  begins(name: string, now: number): void {
    if (!this.started.has(name)) this.started.set(name, now);
  }

  ends(name: string, ended: Ended): void {
    if (ended.at >= (this.ended.get(name)?.at ?? 0)) this.ended.set(name, ended);
    // that run, or the one that took the job over
    if (ended.at >= (this.started.get(name) ?? 0)) this.started.delete(name);
  }

  /** The last run that ended, as far as this process knows. @param row the job as it is now */
  lastEnd(name: string, row?: JobRow): Ended | undefined {
    for (const end of [row?.stated, row?.lastEnd]) if (end?.kind === 'ended') this.ends(name, end);
    return this.ended.get(name);
  }

  /**
   * Whether the runner takes the job although it seems not due, or leased: by half an interval it is later than it ever is.
   * @param row the job as it is now; absent: as this process knows it
   */
  isHeldOff({ name, every }: Pick<Job, 'name' | 'every'>, now: number, row?: JobRow): boolean {
    const ended = this.lastEnd(name, row)?.at ?? 0;
    const late = Math.max(this.since, ended) + every + Math.max(every / 2, 15_000);
    // a run of another process may have begun before this one
    return runBy(row, ended, now) === undefined && now > late;
  }

  /** The jobs of which no run has ended for too long. @param rows the jobs as they are now */
  late(rows: readonly JobRow[], now: number): readonly Late[] {
    return this.times.flatMap(({ name, every, lease }) => {
      const row = rows.find((one) => one.name === name);
      const ended = this.lastEnd(name, row)?.at ?? 0;
      const start = this.started.get(name) ?? runBy(row, ended, now);
      const since = start ?? Math.max(this.since, ended);
      const limit = start === undefined ? every * 1.1 + lease + reserve : Math.max(lease, patience);
      return now - since > limit ? [{ name, since }] : [];
    });
  }
}

/** Start of the run that a process states. One that began before the last end was put back, and is over. */
function runBy(row: JobRow | undefined, end: number, now: number): number | undefined {
  const { stated } = row ?? {};
  return stated?.kind === 'runs' && stated.at > end && now <= stated.leaseUntil ? stated.at : undefined;
}

const memories = new WeakMap<object, JobMemory>();

/** For the runner and for readiness. @param app pool of the database, which identifies it */
export function jobMemory(app: object): JobMemory {
  const memory = memories.get(app) ?? new JobMemory();
  memories.set(app, memory);
  return memory;
}
