import { useEffect, useState } from 'react';

/** Milliseconds after the last keystroke. */
const pauseMs = 700;

/** The text as it was when its input last paused, so that the hub is not asked at each keystroke. @param initial value until the first pause */
export function useDebounced(text: string, initial: string): string {
  const [debounced, setDebounced] = useState(initial);
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return debounced;
}
