import type { LifeCycle } from './lifeCycle.ts';

export type BatchState =
  | 'receiving'
  | 'checking'
  | 'held'
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
 * puts back the batch that was current before.
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
  | 'repeat'
  | 'reject'
  | 'fail'
  | 'expire';

/** A submission's life (报送批次). Rows become visible at `publish`, `release` or `restore`, all of them or none. hub/store/intake obeys it. */
export const batchLife: LifeCycle<BatchState, BatchAct> = {
  receiving: { commit: 'checking', repeat: 'superseded', expire: 'expired' },
  checking: { resume: 'checking', publish: 'published', hold: 'held', reject: 'rejected', fail: 'failed' },
  held: {
    release: 'published',
    drop: 'dropped',
    overtake: 'dropped',
    lapse: 'expired',
    correct: 'superseded',
  },
  published: { supersede: 'superseded' },
  superseded: { restore: 'published' },
  rejected: {},
  dropped: {},
  failed: { retry: 'checking', repeat: 'superseded' },
  expired: {},
};
