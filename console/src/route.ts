/** The reader's position: `/console/<page>/<what>?<filter>`. Filters are in the address, so that a link shows what its sender saw. */
import { useCallback, useSyncExternalStore } from 'react';
import { nameInAddress } from './parts/nameInAddress.ts';

export interface Route {
  readonly page: string;
  /** the object of the page; … for a path without a valid name */
  readonly what: readonly string[];
  readonly filter: Readonly<Record<string, string>>;
}

const moved = new Set<() => void>();
const subscribe = (listener: () => void): (() => void) => {
  moved.add(listener);
  window.addEventListener('popstate', listener);
  return () => {
    moved.delete(listener);
    window.removeEventListener('popstate', listener);
  };
};
const here = (): string => window.location.pathname + window.location.search;

function routeOf(address: string): Route {
  const { pathname, searchParams } = new URL(address, window.location.origin);
  const [page = '', ...what] = pathname.replace(/^\/(?:console\/?)?/, '').split('/');
  return { page, what: what.map(nameInAddress), filter: Object.fromEntries(searchParams) };
}

export const addressOf = (
  page: string,
  what: readonly string[] = [],
  filter: Route['filter'] = {},
): string => {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value !== '')).toString();
  return `/console/${[page, ...what].join('/')}${query === '' ? '' : `?${query}`}`;
};

export function go(address: string, replace = false): void {
  if (replace) window.history.replaceState(window.history.state, '', address);
  else window.history.pushState({ from: here() }, '', address);
  for (const listener of moved) listener();
}

/** Whether the entry before this one in the window's history is a part of the same list, so that Back shows the page before. */
export function isBackInList(): boolean {
  const { from } = (window.history.state ?? {}) as { readonly from?: string };
  return from?.split('?')[0] === window.location.pathname;
}

/** @param typed of `refine`: the reader is still typing, and Back does not return to each letter */
export function useRoute(): Route & {
  readonly refine: (change: Route['filter'], typed?: boolean) => void;
} {
  const address = useSyncExternalStore(subscribe, here);
  const route = routeOf(address);
  const refine = useCallback((change: Route['filter'], typed = false) => {
    const { page, what, filter } = routeOf(here());
    const address = addressOf(page, what, { ...filter, ...change });
    // each filter and page is a step of its own, so that Back undoes it
    if (address !== here()) go(address, typed);
  }, []);
  return { ...route, refine };
}
