import type { LifeCycle } from './lifeCycle.ts';

export type DatasetState =
  'draft' | 'submitted' | 'approved' | 'published' | 'suspended' | 'deprecated' | 'retired';
export type DatasetAct =
  'submit' | 'return' | 'approve' | 'publish' | 'suspend' | 'resume' | 'deprecate' | 'retire';

/** A catalogue entry's life (目录条目). Only `published` and `deprecated` datasets answer calls. */
export const datasetLife: LifeCycle<DatasetState, DatasetAct> = {
  draft: { submit: 'submitted' },
  submitted: { approve: 'approved', return: 'draft' },
  approved: { publish: 'published', return: 'draft' },
  published: { suspend: 'suspended', deprecate: 'deprecated' },
  suspended: { resume: 'published', retire: 'retired' },
  deprecated: { suspend: 'suspended', retire: 'retired' },
  retired: {},
};

/** Whether rows may leave. */
export const releases = (state: DatasetState): boolean => state === 'published' || state === 'deprecated';
/** Whether rows may come in. */
export const receives = (state: DatasetState): boolean => state === 'approved' || releases(state);
