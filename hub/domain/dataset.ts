import type { LifeCycle } from './lifeCycle.ts';

/** How a dataset is shared: 无条件共享, 有条件共享, 不予共享. */
export type SharingType = 'unconditional' | 'conditional' | 'none';

/** State of a dataset. Only a `published` one answers calls and accepts submissions. */
export type DatasetState = 'published' | 'suspended' | 'retired';
/** `keep`: withdraws the first of two approvals; the state does not change. */
export type DatasetAct = 'suspend' | 'resume' | 'retire' | 'keep';

/** Days for which the first of two approvals of a retirement is valid. */
export const daysToRetire = 14;

/**
 * The life of a dataset. Retirement is final, because its rows are destroyed. A suspended dataset is suspended again where the data office
 * takes over the suspension of its department. hub/registry/store obeys it.
 */
export const datasetLife: LifeCycle<DatasetState, DatasetAct> = {
  published: { suspend: 'suspended', retire: 'retired', keep: 'published' },
  suspended: { suspend: 'suspended', resume: 'published', retire: 'retired', keep: 'suspended' },
  retired: {},
};

/** The public state of a dataset: one that is open and never had a row is only registered (已编目). */
export type PublicDatasetState = 'registered' | DatasetState;

/** @param linked rows of it have come (已挂接), or its provider is queried for each call */
export const publicStateOf = (state: DatasetState, linked: boolean): PublicDatasetState =>
  state === 'published' && !linked ? 'registered' : state;

/** Whether rows may be released. */
export const releases = (state: DatasetState): boolean => state === 'published';
/** Whether rows may be accepted. */
export const receives = (state: DatasetState): boolean => state === 'published';
