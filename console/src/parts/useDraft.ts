import { useCallback, useRef, useState } from 'react';

export interface Draft<T> {
  readonly value: T;
  readonly set: (change: Partial<T>) => void;
  /** input from before a reload was restored */
  readonly restored: boolean;
  /** call after sending: deletes the draft */
  readonly sent: () => void;
  /** starts again and deletes the draft @returns a function that restores the draft, even after the form was left */
  readonly clear: () => () => void;
}

const prefix = 'datong-draft ';
const owner = 'datong-drafts-of';

/** Deletes all input stored in this window, so that the next user finds none of it. */
export function forgetDrafts(): void {
  for (const name of Object.keys(window.sessionStorage))
    if (name.startsWith(prefix)) window.sessionStorage.removeItem(name);
}

/** Drafts belong to the person who typed them: another person who signs in in this window finds none. @param person their id */
export function draftsOf(person: string): void {
  if (window.sessionStorage.getItem(owner) !== person) forgetDrafts();
  window.sessionStorage.setItem(owner, person);
}

/**
 * Stores a person's input in this window until it is sent: a reload or an ended session loses nothing.
 * @param name of the form, and of its subject
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
  const clear = useCallback(() => {
    // in the queue of state updates, so that no earlier input is stored after this
    setState(() => {
      window.sessionStorage.removeItem(place);
      return { value: first.current, restored: false };
    });
    return () => {
      window.sessionStorage.setItem(place, JSON.stringify(value));
      setState({ value, restored: true });
    };
  }, [place, value]);
  return { value, set, restored, sent, clear };
}

/**
 * One text input, stored like a draft; an empty one is not stored.
 * @param name of the form, and of its subject: when the subject changes, so does the text
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
