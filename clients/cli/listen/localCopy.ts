import type { ChangesAnswer } from '../../sdk/changes.ts';

/** Where the rows of a listener are kept in step. What it took over it names again after a crash. */
export interface LocalCopy {
  /** of the newest answer that was taken over; undefined where there is no copy yet */
  watermark(): Promise<string | undefined>;
  /** Takes an answer over, whole or not at all, or so that taking it over once more gives the same. */
  take(answer: ChangesAnswer): Promise<void>;
  close(): Promise<void>;
}

/** What a copy is of: another dataset or agreement is another copy. */
export interface CopyOf {
  readonly hub: string;
  readonly department: string;
  readonly dataset: string;
  readonly agreement: string;
  readonly purpose: string;
}
