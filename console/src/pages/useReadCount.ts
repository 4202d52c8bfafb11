import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { get } from '../api/call.ts';
import type { OpenCount } from '../parts/openCount.ts';
import { openCount } from './lanes.ts';

/** The number that the window shows: read when it begins on another page than the first, which reads it itself, and after each act. */
export function useReadCount(page: string): OpenCount {
  const [count, setCount] = useState<number>();
  const [turn, setTurn] = useState(0);
  const isHome = useRef(false);
  isHome.current = page === '' || page === 'inbox';
  const refresh = useCallback(() => setTurn((before) => before + 1), []);
  useEffect(() => {
    if (isHome.current) return;
    get('/v1/inbox').then(
      (waiting) => setCount(openCount(waiting)),
      () => undefined,
    );
    // another page does not change it
  }, [turn]);
  return useMemo(() => ({ count, setCount, refresh }), [count, refresh]);
}
