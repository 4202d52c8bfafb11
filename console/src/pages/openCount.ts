/** Number of things that wait for the person, shared by the menu and the first page. */
import { useSyncExternalStore } from 'react';

let known: number | undefined;
const listeners = new Set<() => void>();

/** Sets the number, as the hub returned it last; undefined after the person signed out. */
export function tellOpenCount(count: number | undefined): void {
  known = count;
  for (const listener of listeners) listener();
}

/** The number; undefined until it is known. */
export const useOpenCount = (): number | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => known,
  );
