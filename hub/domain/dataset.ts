import type { LifeCycle } from './lifeCycle.ts';

/** Where a dataset stands. Only a `published` one answers calls and takes submissions. */
export type DatasetState = 'published' | 'suspended' | 'retired';
/** `keep`: what the first of two persons wanted is taken back, and it stands as before. */
export type DatasetAct = 'suspend' | 'resume' | 'retire' | 'keep';

/** Days that the first of two words by which it is retired stands. */
export const daysToRetire = 14;

/** The life of a dataset. What is retired never comes back: its rows are destroyed. hub/registry/store obeys it. */
export const datasetLife: LifeCycle<DatasetState, DatasetAct> = {
  published: { suspend: 'suspended', retire: 'retired', keep: 'published' },
  suspended: { resume: 'published', retire: 'retired', keep: 'suspended' },
  retired: {},
};

/** Where a dataset stands, as everybody is told: one that is open and never had a row is registered alone (已编目). */
export type DatasetStanding = 'registered' | DatasetState;

/** @param linked rows of it have come (已挂接), or its provider is asked each time */
export const standingOf = (state: DatasetState, linked: boolean): DatasetStanding =>
  state === 'published' && !linked ? 'registered' : state;

/** Whether rows may leave. */
export const releases = (state: DatasetState): boolean => state === 'published';
/** Whether rows may come in. */
export const receives = (state: DatasetState): boolean => state === 'published';
