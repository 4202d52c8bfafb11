/** The interface of a background job of the hub, and what it receives. One file per job; the runner does the rest. */
import type { Problem } from '../../../terms/problem.ts';
import type { Act, ActFacts } from './act.ts';
import type { Noted } from './noted.ts';

export interface Job {
  /** lower camel case, as in metrics, readiness and the entries of its acts */
  readonly name: string;
  /** milliseconds from the end of one run to the next */
  readonly every: number;
  /** whether there is enough work to run before the interval ends; polled several times a second, so it reads memory and waits for nothing */
  readonly early?: () => boolean;
  /** work that this process stored for the job: the job runs right after each note; all notes during a run lead to one more run */
  readonly noted?: Noted;
  /** milliseconds after which another process may take the job over from a silent one */
  readonly lease: number;
  /** true: `state` is a position that decides what is left out, so it is stored with a seal */
  readonly isPositionSealed?: true;
  /** @throws Problem, or any other error: reported, and the job runs again when it is due */
  run(run: JobRun): Promise<JobResult>;
}

/** One run of a job. */
export interface JobRun {
  /** Unix milliseconds, the hub's clock */
  now(): number;
  /** returned by the last run, null at first; parsed by the job */
  readonly state: unknown;
  /** aborted when the hub stops or another process has taken the job over */
  readonly signal: AbortSignal;
  /**
   * Performs an act of the hub itself: the rows change in the transaction of their entry, and only while this process still has the job.
   * Work that returns `'skip'` leaves neither.
   * @throws Problem job_taken_over
   */
  act(facts: ActFacts): Promise<Act>;
}

export interface JobResult {
  /** stored for the next run; absent: unchanged */
  readonly state?: unknown;
  /** there is more work: the next run begins at once */
  readonly more?: boolean;
  /** errors of a run whose other work is done and stored: they are reported, and the outcome of the run is that of the first */
  readonly failures?: readonly unknown[];
  /** work that waits for an act of a person: no failure of the hub, so it is reported when it begins and when it ends */
  readonly waits?: readonly Wait[];
}

export interface Wait {
  readonly dataset: string;
  readonly rule?: string;
  readonly reason: Problem;
}
