/** A dataset's way to a new major version of its schema (换版). Pure. */
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
 * How far an open one is. `waiting`: nothing is filled yet. `copying`: stored bytes are taken over. `checking`: they are read under the new
 * version. `stopped`: nothing came of it. `outdated`: readers see other rows by now, or other code lists count, and it is filled anew.
 * `ready`: two persons may switch.
 */
export type ChangeoverStage = 'waiting' | 'copying' | 'checking' | 'stopped' | 'outdated' | 'ready';

/** What a filling was made of, and what counts now. */
export interface Filling {
  /** state of the batch that is filled; undefined where there is none */
  readonly batch: BatchState | undefined;
  /** why it could not be filled from stored bytes */
  readonly trouble: string | null;
  /** the batch that readers saw when it was begun, and digests of the code lists that counted */
  readonly over: string | null;
  readonly lists: string;
}

/** @param now what readers see and which lists count at this moment */
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
