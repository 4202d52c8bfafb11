import type { LifeCycle } from './lifeCycle.ts';

export type BatchState =
  | 'receiving'
  | 'checking'
  | 'held'
  | 'prepared'
  | 'published'
  | 'superseded'
  | 'rejected'
  | 'dropped'
  | 'failed'
  | 'expired';
/**
 * `resume` takes up what a hub left that has gone; `repeat` closes a batch whose very bytes are current already. A held batch waits for a
 * person: `release` or `drop`; it is `overtaken` by a later one that is published, and `lapses` when nobody decides in time; `correct` takes its good rows
 * into the batch that brings the mended ones. `restore`
 * puts back the batch that was current before. A batch under the version that its dataset goes over to is `prepared`; it is published by the
 * `switch`, or given up with `abandon`.
 */
export type BatchAct =
  | 'commit'
  | 'retry'
  | 'resume'
  | 'hold'
  | 'publish'
  | 'release'
  | 'drop'
  | 'overtake'
  | 'lapse'
  | 'correct'
  | 'supersede'
  | 'restore'
  | 'prepare'
  | 'switch'
  | 'abandon'
  | 'repeat'
  | 'reject'
  | 'fail'
  | 'expire';

/** A submission's life (报送批次). Rows become visible at `publish`, `release`, `restore` or `switch`, all of them or none. hub/flows/intake/store obeys it. */
export const batchLife: LifeCycle<BatchState, BatchAct> = {
  receiving: { commit: 'checking', repeat: 'superseded', expire: 'expired', abandon: 'dropped' },
  checking: {
    resume: 'checking',
    publish: 'published',
    hold: 'held',
    prepare: 'prepared',
    reject: 'rejected',
    fail: 'failed',
    abandon: 'dropped',
  },
  held: {
    release: 'published',
    drop: 'dropped',
    overtake: 'dropped',
    lapse: 'expired',
    correct: 'superseded',
  },
  prepared: { switch: 'published', abandon: 'dropped' },
  published: { supersede: 'superseded' },
  superseded: { restore: 'published' },
  rejected: {},
  dropped: {},
  failed: { retry: 'checking', repeat: 'superseded' },
  expired: {},
};
