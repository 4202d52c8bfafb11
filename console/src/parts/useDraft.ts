import { useCallback, useRef, useState } from 'react';

export interface Draft<T> {
  readonly value: T;
  readonly set: (change: Partial<T>) => void;
  /** what was typed before the page was loaded anew stands in it again */
  readonly restored: boolean;
  /** it was sent: nothing is kept of it */
  readonly sent: () => void;
  /** begins anew, with nothing kept */
  readonly clear: () => void;
}

const prefix = 'datong-draft ';
const owner = 'datong-drafts-of';

/** Nothing that was typed in this window is kept any more: whoever sits here next finds none of it. */
export function forgetDrafts(): void {
  for (const name of Object.keys(window.sessionStorage))
    if (name.startsWith(prefix)) window.sessionStorage.removeItem(name);
}

/** Drafts are of whoever typed them: another person who signs in in this window finds none. @param person her id */
export function draftsOf(person: string): void {
  if (window.sessionStorage.getItem(owner) !== person) forgetDrafts();
  window.sessionStorage.setItem(owner, person);
}

/**
 * What somebody types, kept in this window until it is sent: a reload or a session that ends loses nothing of it.
 * @param name of the form, and of what it is about
 */
export function useDraft<T extends object>(name: string, begin: T): Draft<T> {
  const place = `${prefix}${name}`;
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
  const first = useRef(begin);
  const clear = useCallback(
    () =>
      // in the queue of what was typed, so that nothing of it is kept after this
      setState(() => {
        window.sessionStorage.removeItem(place);
        return { value: first.current, restored: false };
      }),
    [place],
  );
  return { value, set, restored, sent, clear };
}

/**
 * One text that somebody types, kept like a draft; an empty one is not kept.
 * @param name of the form, and of what it is about: where that becomes another, so does the text
 */
export function useDraftText(name: string, begin = ''): readonly [string, (text: string) => void] {
  const place = `${prefix}${name}`;
  const read = (): string => window.sessionStorage.getItem(place) ?? begin;
  const [kept, setKept] = useState(() => ({ place, text: read() }));
  const text = kept.place === place ? kept.text : read();
  const set = useCallback(
    (typed: string) => {
      if (typed === '') window.sessionStorage.removeItem(place);
      else window.sessionStorage.setItem(place, typed);
      setKept({ place, text: typed });
    },
    [place],
  );
  return [text, set];
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
