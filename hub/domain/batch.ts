import type { LifeCycle } from './lifeCycle.ts';

export type BatchState =
  'receiving' | 'checking' | 'held' | 'published' | 'superseded' | 'rejected' | 'failed';
export type BatchAct = 'commit' | 'hold' | 'publish' | 'supersede' | 'reject' | 'fail' | 'retry';

/** A submission's life (报送批次). Rows become visible at `publish`, all of them or none. */
export const batchLife: LifeCycle<BatchState, BatchAct> = {
  receiving: { commit: 'checking', reject: 'rejected' },
  checking: { publish: 'published', hold: 'held', reject: 'rejected', fail: 'failed' },
  held: { publish: 'published', reject: 'rejected' },
  published: { supersede: 'superseded' },
  superseded: {},
  rejected: {},
  failed: { retry: 'checking', reject: 'rejected' },
};
