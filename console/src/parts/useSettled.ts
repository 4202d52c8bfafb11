import { useEffect, useState } from 'react';

/** Milliseconds after the last keystroke until a text is settled. */
const pauseMs = 700;

/** A text as it was when its input last paused, so that the hub is not asked at each keystroke. @param begin until the first pause */
export function useSettled(text: string, begin: string): string {
  const [settled, setSettled] = useState(begin);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), pauseMs);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
