/** Changes a dataset over to a new major version of its schema (换版). Pure. */
import type { BatchState } from './batch.ts';
import type { LifeCycle } from './lifeCycle.ts';

export type ChangeoverState = 'open' | 'switched' | 'abandoned';
export type ChangeoverAct = 'switch' | 'abandon';

export const changeoverLife: LifeCycle<ChangeoverState, ChangeoverAct> = {
  open: { switch: 'switched', abandon: 'abandoned' },
  switched: {},
  abandoned: {},
};

/**
 * Stage of an open changeover, by the batch that is filled for the new version. `waiting`: no batch yet. `copying`: stored bytes are copied
 * into it. `checking`: they are read under the new version. `stopped`: it could not be filled. `outdated`: the current rows or code lists
 * have changed since, and it is filled again. `ready`: two persons may switch.
 */
export type ChangeoverStage = 'waiting' | 'copying' | 'checking' | 'stopped' | 'outdated' | 'ready';

/** The batch that is filled for the new version, and what it is filled from. */
export interface Filling {
  /** state of the batch that is filled; undefined where there is none */
  readonly batch: BatchState | undefined;
  /** code of the problem that prevented filling it from stored bytes */
  readonly trouble: string | null;
  /** the batch that was current when the filling began */
  readonly over: string | null;
  /** digests of the code lists that were then in force */
  readonly lists: string;
}

/** @param now the batch that is current now, and digests of the code lists in force */
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
