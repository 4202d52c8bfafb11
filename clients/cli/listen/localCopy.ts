import type { ChangesAnswer } from '../../sdk/changes.ts';

/** How far a copy is. */
export interface CopyPlace {
  /** of the newest answer that was taken over; of a first copy, of the stream that brings it */
  readonly watermark: string;
  /** of a first copy that is not whole yet: cursor of the last part that was taken over */
  readonly resume?: string | undefined;
}

/** Changes that are taken over together: an answer, or a part of the first copy. */
export interface CopyStep extends CopyPlace, Pick<ChangesAnswer, 'begins' | 'changes'> {
  readonly batch?: string;
}

/** A listener's copy of the rows. After a crash it returns the position that it had stored. */
export interface LocalCopy {
  /** undefined where there is no copy yet */
  place(): Promise<CopyPlace | undefined>;
  /** Applies a step, atomically, or so that applying it again gives the same result. */
  take(step: CopyStep): Promise<void>;
  close(): Promise<void>;
}

/** The identity of a copy: another dataset or agreement is another copy. */
export interface CopyOf {
  readonly hub: string;
  readonly department: string;
  readonly dataset: string;
  readonly agreement: string;
  readonly purpose: string;
}
