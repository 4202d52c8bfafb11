import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { get } from '../api/call.ts';
import type { OpenCount } from '../parts/openCount.ts';
import { openCount } from './lanes.ts';

/** The number that the window shows: read when it begins on another page than the first, which reads it itself, and after each act. */
export function useReadCount(page: string): OpenCount {
  const [count, setRead] = useState<number>();
  const changes = useRef(0);
  const [turn, setTurn] = useState(0);
  const isHome = useRef(false);
  isHome.current = page === '' || page === 'inbox';
  const setCount = useCallback((read: number) => {
    changes.current += 1;
    setRead(read);
  }, []);
  const refresh = useCallback(() => setTurn((before) => before + 1), []);
  useEffect(() => {
    if (isHome.current) return;
    changes.current += 1;
    const begun = changes.current;
    get('/v1/inbox').then(
      (waiting) => {
        // a number that was read since is newer than a slow answer
        if (changes.current === begun) setCount(openCount(waiting));
      },
      () => undefined,
    );
    // another page does not change it
  }, [turn, setCount]);
  return useMemo(() => ({ count, setCount, refresh }), [count, setCount, refresh]);
}
