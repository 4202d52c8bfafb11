import type { LifeCycle } from './lifeCycle.ts';

/** Where a dataset stands. Only a `published` one answers calls and takes submissions. */
export type DatasetState = 'published' | 'suspended' | 'retired';
export type DatasetAct = 'suspend' | 'resume' | 'retire';

/** The life of a dataset. What is retired never comes back: its rows are destroyed. hub/store/registry obeys it. */
export const datasetLife: LifeCycle<DatasetState, DatasetAct> = {
  published: { suspend: 'suspended', retire: 'retired' },
  suspended: { resume: 'published', retire: 'retired' },
  retired: {},
};

/** Whether rows may leave. */
export const releases = (state: DatasetState): boolean => state === 'published';
/** Whether rows may come in. */
export const receives = (state: DatasetState): boolean => state === 'published';
