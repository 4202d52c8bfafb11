/**
 * Runs the hub's background jobs. Every process has one runner; a lease in the database decides which process runs a job now, so each
 * runs once. A process that lost its lease has no further effect. Owns the timers; `close` resolves when the current runs have ended.
 */
import { randomUUID } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import type { AuditLog } from '../../log/draft.ts';
import type { Database } from '../database/database.ts';
import { takeJob, extendJobLease, endJob, jobByName, positionOfJob, type TakenJob } from './store/jobs.ts';
import { hearEpoch } from './hearEpoch.ts';
import { jobMemory } from './jobMemory.ts';
import { performAct } from './act.ts';
import type { Job, JobResult, Wait } from './job.ts';

export interface RunnerServices {
  readonly database: Pick<Database, 'app' | 'now'>;
  readonly audit: AuditLog;
  /** called with failures; must not throw */
  readonly report: (failure: { readonly job: string; readonly error: unknown }) => void;
  /** called with what a job that ran to its end left waiting, also where that is nothing; absent: not reported */
  readonly waiting?: (job: string, waits: readonly Wait[]) => void;
  /** called when a run ended: `ok` or the code of the problem, and the duration in milliseconds */
  readonly ended: (job: string, outcome: string, milliseconds: number) => void;
  /** 0 ≤ x < 1: spreads the work that many processes would do at the same moment */
  readonly random: () => number;
  /** whether no job of this process runs by its interval now, because a newer release is taking over; absent: never */
  readonly rests?: () => boolean;
  /** false: a job runs only on request, never by its interval (default: true) */
  readonly byTime?: boolean | undefined;
}

export interface Runner {
  /** the jobs, and how often each runs */
  readonly jobs: readonly Pick<Job, 'name' | 'every' | 'early'>[];
  /** Runs a job now, due or not. @returns its outcome, undefined where another process is running it */
  run(name: string): Promise<string | undefined>;
  /** Starts no new job, signals the current ones to end, and waits for them. */
  close(): Promise<void>;
}

/** Milliseconds between two polls of a job in the database, at least. */
const look = 1_000;
/** How often each process asks jobs whether they have work before their time: a deadline is noticed that late. */
const earlyMs = 250;
/** Milliseconds from a note to the run of its job, so that the work of many calls is done together. */
const pauseMs = 50;
/** Milliseconds until the next attempt while another process runs the job. */
const elsewhereMs = 250;
/** Maximum random addition, as a share of the interval. */
const jitter = 0.1;

const codeOf = (error: unknown): string => (error instanceof Problem ? error.code : 'internal_error');

/** Without a problem that has the same text as another one, e.g. of many rows of one table. */
const distinct = (failures: readonly unknown[]): Iterable<unknown> =>
  new Map(failures.map((error) => [error instanceof Problem ? error.message : error, error])).values();

export function startRunner(services: RunnerServices, jobs: readonly Job[]): Runner {
  const { database, audit } = services;
  const memory = jobMemory(database.app);
  const stopping = new AbortController();
  const underWay = new Map<string, Promise<string | undefined>>();
  const soon = new Map<string, NodeJS.Timeout>();
  const nextLook = new Map<string, number>();
  /** by job: until when it does not begin early, after it did without success */
  const nextEarly = new Map<string, number>();

  /** Takes a job that is due, or that a superuser has postponed or leased. */
  async function take(
    job: Job,
    run: Pick<Parameters<typeof takeJob>[2], 'owner' | 'now' | 'early'>,
  ): Promise<TakenJob | undefined> {
    const { name, lease, every } = job;
    const taken = await takeJob(database.app, name, { ...run, lease, every });
    if (taken !== undefined || !memory.isHeldOff(job, run.now)) return taken;
    const row = await jobByName(database.app, name);
    if (row === undefined || !memory.isHeldOff(job, run.now, row)) return undefined;
    return takeJob(database.app, name, { ...run, lease, every, early: true, from: row.owner });
  }

  async function once(job: Job, early: boolean): Promise<string | undefined> {
    const { name, lease, isPositionSealed = false } = job;
    const owner = randomUUID();
    const at = Math.round(database.now());
    const taken = await take(job, { owner, now: at, early });
    if (taken === undefined) return undefined;
    memory.begins(name, at);
    const { fencing } = taken;
    const lost = new AbortController();
    const keeping = setInterval(() => {
      const leaseUntil = Math.round(database.now() + lease);
      void extendJobLease(database.app, name, { fencing, owner, at, leaseUntil }).then(
        (stored) => {
          if (!stored) lost.abort();
        },
        () => undefined, // the database is unreachable: the lease expires by itself
      );
    }, lease / 3).unref();
    const started = performance.now();
    let result: JobResult = {};
    let outcome = 'ok';
    job.noted?.taken();
    try {
      await hearEpoch(services, name);
      result = await job.run({
        now: () => database.now(),
        state: isPositionSealed ? await positionOfJob(database.app, name) : taken.state,
        signal: AbortSignal.any([stopping.signal, lost.signal]),
        act: (facts) => performAct(audit, { name, fencing, owner }, database.now(), facts),
      });
      for (const error of distinct(result.failures ?? [])) services.report({ job: name, error });
      services.waiting?.(name, result.waits ?? []);
      if (result.failures?.[0] !== undefined) outcome = codeOf(result.failures[0]);
    } catch (error) {
      outcome = codeOf(error);
      if (outcome !== 'job_taken_over') services.report({ job: name, error });
    } finally {
      clearInterval(keeping);
    }
    const now = Math.round(database.now());
    const wait = result.more === true ? 0 : job.every * (1 + jitter * services.random());
    const due = now + wait;
    const end = { fencing, now, due, outcome, state: result.state, isPositionSealed };
    if (await endJob(database.app, name, end)) memory.ends(name, { at: now, outcome });
    nextLook.set(name, now + wait);
    services.ended(name, outcome, performance.now() - started);
    return outcome;
  }

  /** One run of a job at a time in this process. */
  function begin(job: Job, early: boolean): Promise<string | undefined> {
    const running = underWay.get(job.name);
    if (running !== undefined) return running;
    const run = once(job, early)
      .catch((error: unknown) => {
        services.report({ job: job.name, error });
        return undefined;
      })
      .finally(() => underWay.delete(job.name));
    underWay.set(job.name, run);
    if (timer !== undefined && job.noted !== undefined)
      void run.then((outcome) => {
        if (job.noted?.isWaiting === true) beginSoon(job, outcome === undefined ? elsewhereMs : pauseMs);
      });
    return run;
  }

  /** As `begin`, unless the jobs rest. */
  async function beginByTime(job: Job, early: boolean): Promise<string | undefined> {
    return services.rests?.() === true ? undefined : begin(job, early);
  }

  /** Work was noted. A job that is running begins once more after that run. */
  function beginSoon(job: Job, afterMs = pauseMs): void {
    if (soon.has(job.name) || underWay.has(job.name) || stopping.signal.aborted) return;
    const begins = setTimeout(() => {
      soon.delete(job.name);
      void beginByTime(job, true);
    }, afterMs);
    soon.set(job.name, begins.unref());
  }

  /** Queries the database only when this process may have a turn: a tenth of the interval after another process was seen to have it. */
  function lookForWork(): void {
    const now = database.now();
    for (const job of jobs) {
      const early = job.early?.() === true && (nextEarly.get(job.name) ?? 0) <= now;
      if (!early && (nextLook.get(job.name) ?? 0) > now) continue;
      nextLook.set(job.name, now + Math.max(look, job.every / 10));
      if (early) nextEarly.set(job.name, now + look);
      void beginByTime(job, early).then((outcome) => {
        if (outcome === 'ok') nextEarly.delete(job.name);
      });
    }
  }

  const timer = services.byTime === false ? undefined : setInterval(lookForWork, earlyMs).unref();
  if (timer !== undefined) {
    memory.expect(jobs, database.now());
    for (const job of jobs) job.noted?.onNote(() => beginSoon(job));
  }
  return {
    jobs,
    run: async (name) => {
      const job = jobs.find((one) => one.name === name);
      if (job === undefined) throw new RangeError(`no job ${name}`);
      return begin(job, true);
    },
    close: async () => {
      clearInterval(timer);
      stopping.abort();
      for (const begins of soon.values()) clearTimeout(begins);
      await Promise.all(underWay.values());
    },
  };
}
