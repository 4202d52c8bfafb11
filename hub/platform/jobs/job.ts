/** What the hub does by itself: how a job is written, and what it gets. One file a job; the runner does the rest. */
import type { ActFacts } from './act.ts';

export interface Job {
  /** lower camel case, as in metrics, readiness and the entries of its acts */
  readonly name: string;
  /** milliseconds from the end of one run to the next */
  readonly every: number;
  /** whether there is so much to do that it comes before its time; asked every second, so it looks at what lies in memory alone */
  readonly early?: () => boolean;
  /** milliseconds after which another process may take it over from one that says nothing more */
  readonly lease: number;
  /** @throws Problem, or whatever went wrong: reported, and tried again when it is due */
  run(run: JobRun): Promise<JobResult>;
}

/** One run of a job. */
export interface JobRun {
  /** Unix milliseconds, the hub's clock */
  now(): number;
  /** what the last run returned, null at first; parsed by the job */
  readonly state: unknown;
  /** aborted when the hub stops or another process has taken the job over */
  readonly signal: AbortSignal;
  /**
   * An act of the hub's own: the rows change in the transaction of their entry, and only while this process still has the job.
   * @throws Problem job_taken_over
   */
  act(facts: ActFacts): Promise<{ readonly exchange: string }>;
}

export interface JobResult {
  /** kept for the next run; absent = as before */
  readonly state?: unknown;
  /** there is more to do: the next run begins at once */
  readonly more?: boolean;
  /** what went wrong beside what was done and is kept: reported, and the outcome of the run is that of the first */
  readonly failures?: readonly unknown[];
}
