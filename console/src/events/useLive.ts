import { useEffect, useRef, useState } from 'react';
import { useAnswer, type Answered } from '../api/useAnswer.ts';

/** Milliseconds between two requests of a page that updates by itself. */
const pause = 5_000;

/** An answer that is requested again every few seconds while the window is visible. A failed request leaves the last answer on the page. */
export function useLive<T>(key: string, ask: () => Promise<T>): Answered<T> {
  const answer = useAnswer(key, ask);
  const { value, loading, again } = answer;
  const [last, setLast] = useState<{ readonly key: string; readonly value: T }>();
  if (value !== undefined && last?.value !== value) setLast({ key, value });
  const pending = useRef(loading);
  pending.current = loading;
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible' && !pending.current) again();
    }, pause);
    return () => clearInterval(timer);
  }, [again]);
  return { ...answer, value: value ?? (last?.key === key ? last.value : undefined) };
}
