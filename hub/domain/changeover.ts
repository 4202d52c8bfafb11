/** Changes a dataset over to a new major version of its schema (换版). Pure. */
import type { BatchState } from './batch.ts';
import type { LifeCycle } from './lifeCycle.ts';

export type ChangeoverState = 'open' | 'switched' | 'abandoned';
export type ChangeoverAct = 'switch' | 'abandon';

/** hub/registry/store/changeovers.ts obeys it. */
export const changeoverLife: LifeCycle<ChangeoverState, ChangeoverAct> = {
  open: { switch: 'switched', abandon: 'abandoned' },
  switched: {},
  abandoned: {},
};

/**
 * Stage of an open changeover. `waiting`: nothing is filled yet. `copying`: stored bytes are copied. `checking`: they are read under the
 * new version. `stopped`: the filling failed. `outdated`: the current rows or code lists have changed since, and it is filled again.
 * `ready`: two persons may switch.
 */
export type ChangeoverStage = 'waiting' | 'copying' | 'checking' | 'stopped' | 'outdated' | 'ready';

/** The inputs of a filling, and the current state. */
export interface Filling {
  /** state of the batch that is filled; undefined where there is none */
  readonly batch: BatchState | undefined;
  /** why it could not be filled from stored bytes */
  readonly trouble: string | null;
  /** the batch that was current when the filling began, and digests of the code lists then in force */
  readonly over: string | null;
  readonly lists: string;
}

/** @param now the current batch and code lists */
export function changeoverStage(
  filling: Filling,
  now: { readonly current: string | null; readonly lists: string },
): ChangeoverStage {
  const { batch, trouble } = filling;
  if (batch === 'receiving') return 'copying';
  if (batch === 'checking') return 'checking';
  if (batch === undefined && trouble === null) return 'waiting';
  if (filling.over !== now.current || filling.lists !== now.lists) return 'outdated';
  if (batch === 'prepared' && trouble === null) return 'ready';
  if (trouble !== null || batch === 'failed' || batch === 'rejected') return 'stopped';
  return 'outdated';
}
