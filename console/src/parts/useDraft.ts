import { useCallback, useState } from 'react';

export interface Draft<T> {
  readonly value: T;
  readonly set: (change: Partial<T>) => void;
  /** what was typed before the page was loaded anew stands in it again */
  readonly restored: boolean;
  /** it was sent: nothing is kept of it */
  readonly sent: () => void;
}

/**
 * What somebody types, kept in this window until it is sent: a reload or a session that ends loses nothing of it.
 * @param name of the form, and of what it is about
 */
export function useDraft<T extends object>(name: string, begin: T): Draft<T> {
  const place = `datong-draft ${name}`;
  const [{ value, restored }, setState] = useState(() => {
    const kept = readKept<T>(place);
    return { value: { ...begin, ...kept }, restored: kept !== undefined };
  });
  const set = useCallback(
    (change: Partial<T>) =>
      setState((before) => {
        const after = { ...before.value, ...change };
        window.sessionStorage.setItem(place, JSON.stringify(after));
        return { ...before, value: after };
      }),
    [place],
  );
  const sent = useCallback(() => window.sessionStorage.removeItem(place), [place]);
  return { value, set, restored, sent };
}

function readKept<T>(place: string): Partial<T> | undefined {
  const text = window.sessionStorage.getItem(place);
  if (text === null) return undefined;
  try {
    return JSON.parse(text) as Partial<T>;
  } catch {
    return undefined;
  }
}
