export interface IntakeLimits {
  /** largest submission in bytes */
  readonly batchBytes: number;
  /** batches that one department may have open at once */
  readonly openBatches: number;
  /** raw bytes that one department's open batches may have stored or declared; a batch that was begun may be completed beyond it */
  readonly openBytes: number;
  /** how long a commit waits for its translation before it answers 202, in milliseconds */
  readonly answerWithin: number;
  /** lease of a translation, in seconds */
  readonly leaseSeconds: number;
  /** keys of one file that are held in memory while it is read */
  readonly rememberedKeys: number;
  /** stored files that are read again concurrently to answer questions; applies from the start of the hub */
  readonly rereadsAtOnce: number;
  /** questions that may wait for that: in total, and of one person or department system */
  readonly rereadsWaiting: number;
  readonly rereadsWaitingOfOne: number;
  /** how long they wait before they are refused, in milliseconds */
  readonly rereadPatience: number;
}

export const defaultIntakeLimits: IntakeLimits = {
  batchBytes: 4 * 2 ** 30,
  openBatches: 50,
  openBytes: 16 * 2 ** 30,
  answerWithin: 10_000,
  leaseSeconds: 30,
  rememberedKeys: 600_000,
  rereadsAtOnce: 2,
  rereadsWaiting: 16,
  rereadsWaitingOfOne: 3,
  rereadPatience: 15_000,
};
