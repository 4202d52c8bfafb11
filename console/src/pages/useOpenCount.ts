import { createContext, useContext, useEffect, useMemo, useState } from 'react';
import { get } from '../api/call.ts';
import { openCount } from './lanes.ts';

/** Number of things that wait for the person, shared by the menu and the first page; undefined until it is known. */
export interface OpenCount {
  readonly count: number | undefined;
  readonly setCount: (count: number) => void;
}
export const OpenCountContext = createContext<OpenCount>({ count: undefined, setCount: () => undefined });

export const useOpenCount = (): OpenCount => useContext(OpenCountContext);

/** The number for a window that began on this page; the first page reads it itself. */
export function useFirstCount(page: string): OpenCount {
  const [count, setCount] = useState<number>();
  useEffect(() => {
    if (page === '' || page === 'inbox') return;
    get('/v1/inbox').then(
      (waiting) => setCount(openCount(waiting)),
      () => undefined,
    );
    // once: a later page does not change it
  }, []);
  return useMemo(() => ({ count, setCount }), [count]);
}
