import type { LifeCycle } from './lifeCycle.ts';

export type BatchState =
  'open' | 'committed' | 'loading' | 'held' | 'published' | 'superseded' | 'failed' | 'abandoned';
export type BatchAct = 'commit' | 'load' | 'hold' | 'publish' | 'supersede' | 'fail' | 'abandon' | 'retry';

/** A submission's life (报送批次). Rows become visible at `publish`, all of them or none. */
export const batchLife: LifeCycle<BatchState, BatchAct> = {
  open: { commit: 'committed', abandon: 'abandoned' },
  committed: { load: 'loading', fail: 'failed' },
  loading: { publish: 'published', hold: 'held', fail: 'failed', retry: 'committed' },
  held: { publish: 'published', abandon: 'abandoned' },
  published: { supersede: 'superseded' },
  superseded: {},
  failed: { retry: 'committed', abandon: 'abandoned' },
  abandoned: {},
};
