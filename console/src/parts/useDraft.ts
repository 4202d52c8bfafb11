import { useCallback, useContext, useMemo, useRef, useState } from 'react';
import { SessionContext, signedMark } from '../session.ts';

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
/** Milliseconds after its last change at which a lasting draft is deleted. */
const lasts = 30 * 86_400_000;

/** Where a draft is stored, and under which name. */
interface Place {
  readonly storage: Storage;
  readonly name: string;
  /** its text has the time of the last change */
  readonly isDated: boolean;
}

/** Names of drafts in a storage. @param begins of their names */
const namesIn = (storage: Storage, begins: string): readonly string[] =>
  Object.keys(storage).filter((name) => name.startsWith(begins));

const lastingOf = (person: string): string => `${prefix}${person} `;

/** Deletes all input stored in this window, and the lasting drafts of its person, so that the next user finds none of it. */
export function forgetDrafts(): void {
  const { localStorage, sessionStorage } = window;
  const person = sessionStorage.getItem(owner);
  for (const name of namesIn(sessionStorage, prefix)) sessionStorage.removeItem(name);
  if (person === null) return;
  for (const name of namesIn(localStorage, lastingOf(person))) localStorage.removeItem(name);
}

/**
 * Drafts belong to the person who typed them: another person who signs in in this window finds none. Lasting drafts of the other person
 * stay for that person. @param person their id
 */
export function draftsOf(person: string): void {
  const { localStorage, sessionStorage } = window;
  if (sessionStorage.getItem(owner) !== person)
    for (const name of namesIn(sessionStorage, prefix)) sessionStorage.removeItem(name);
  sessionStorage.setItem(owner, person);
  for (const name of namesIn(localStorage, prefix)) storedAt({ storage: localStorage, name, isDated: true });
}

/**
 * Stores a person's input until it is sent: a reload or an ended session loses nothing.
 * @param name of the form, and of its subject
 * @param isLasting the input has no personal data: it stays in this browser, for this person, also after the window is closed. Other input
 *   stays in the window
 */
export function useDraft<T extends object>(name: string, begin: T, isLasting = false): Draft<T> {
  const person = useContext(SessionContext)?.session.person;
  const lasting = isLasting ? person : undefined;
  const place = useMemo(() => placeOf(name, lasting), [name, lasting]);
  const [{ value, restored }, setState] = useState(() => {
    const stored = storedAt(place) as Partial<T> | undefined;
    return { value: { ...begin, ...stored }, restored: stored !== undefined };
  });
  const set = useCallback(
    (change: Partial<T>) =>
      setState((before) => {
        const after = { ...before.value, ...change };
        store(place, after);
        return { ...before, value: after };
      }),
    [place],
  );
  const sent = useCallback(() => place.storage.removeItem(place.name), [place]);
  const first = useRef(begin);
  const clear = useCallback(() => {
    // in the queue of state updates, so that no earlier input is stored after this
    setState(() => {
      place.storage.removeItem(place.name);
      return { value: first.current, restored: false };
    });
    return () => {
      store(place, value);
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
  const [stored, setStored] = useState(() => ({ place, text: read() }));
  const text = stored.place === place ? stored.text : read();
  const set = useCallback(
    (typed: string) => {
      if (typed === '') window.sessionStorage.removeItem(place);
      else window.sessionStorage.setItem(place, typed);
      setStored({ place, text: typed });
    },
    [place],
  );
  return [text, set];
}

/** @param lasting id of the person, for a lasting draft */
const placeOf = (name: string, lasting: string | undefined): Place =>
  lasting === undefined
    ? { storage: window.sessionStorage, name: `${prefix}${name}`, isDated: false }
    : { storage: window.localStorage, name: `${lastingOf(lasting)}${name}`, isDated: true };

function store({ storage, name, isDated }: Place, value: object): void {
  // the person signed out in another window, which deleted their lasting drafts
  if (isDated && window.localStorage.getItem(signedMark) === null) return;
  const text = JSON.stringify(isDated ? { at: Date.now(), value } : value);
  if (isStored(storage, name, text)) return;
  const [oldest] = namesIn(storage, prefix)
    .filter((one) => one !== name)
    .map((one) => ({ one, at: timeOf(storage.getItem(one)) }))
    .sort((one, other) => one.at - other.at);
  if (oldest !== undefined) storage.removeItem(oldest.one);
  // without space the input remains on the page, and only a reload loses it
  isStored(storage, name, text);
}

/** Stores a text where there is space for it. @returns whether it is stored */
function isStored(storage: Storage, name: string, text: string): boolean {
  try {
    storage.setItem(name, text);
    return true;
  } catch {
    return false;
  }
}

/** Time of the last change of a dated draft; 0 where its text has none. */
function timeOf(text: string | null): number {
  try {
    const { at } = JSON.parse(text ?? '{}') as { readonly at?: unknown };
    return typeof at === 'number' ? at : 0;
  } catch {
    return 0;
  }
}

/** The stored input. One that is too old, or cannot be read, is deleted. */
function storedAt({ storage, name, isDated }: Place): unknown {
  const text = storage.getItem(name);
  if (text === null) return undefined;
  try {
    const stored = JSON.parse(text) as unknown;
    if (!isDated) return stored;
    const { at, value } = stored as { readonly at: number; readonly value: unknown };
    if (at > Date.now() - lasts) return value;
  } catch {
    // not the text of a draft
  }
  storage.removeItem(name);
  return undefined;
}
