/**
 * Whether a page has all the data that it requests when it is opened. Until then the part below its head is hidden: data that arrives later
 * above it would move it while a person reads it. Later requests hide nothing. One unanswered call delays the others' answers for a limited
 * time only. After it, the page shows how many answers are missing, and requests them again on demand.
 */
import { createContext } from 'react';

/** Milliseconds after which the data received so far is shown without the rest. */
const patience = 5_000;

export interface Settling {
  readonly settled: () => boolean;
  /** How many calls a page that was shown without them waits for. */
  readonly missing: () => number;
  /** Requests the missing answers once more. */
  readonly askAgain: () => void;
  readonly subscribe: (listener: () => void) => () => void;
  /** The page itself is rendered; from then on it settles when no answer is pending. */
  readonly begun: () => void;
  /** Registers a pending answer. @param again requests it once more @returns reports that it has arrived and is rendered */
  readonly wait: (again: () => void) => () => void;
}

export const SettlingContext = createContext<Settling | undefined>(undefined);

export function newSettling(): Settling {
  const listeners = new Set<() => void>();
  const waits = new Set<() => void>();
  let settled = false;
  let hasBegun = false;
  // shown before all was there
  let late = false;
  const settle = (): void => {
    settled = true;
    for (const listener of listeners) listener();
  };
  // an answer may render a component that requests more: checked after that rendering
  const look = (): void =>
    queueMicrotask(() => {
      if (late) for (const listener of listeners) listener();
      else if (!settled && hasBegun && waits.size === 0) settle();
    });
  return {
    settled: () => settled,
    missing: () => (late ? waits.size : 0),
    askAgain: () => {
      for (const again of [...waits]) again();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begun: () => {
      hasBegun = true;
      look();
      setTimeout(() => {
        if (settled) return;
        late = true;
        settle();
      }, patience);
    },
    wait: (again) => {
      const one = (): void => again();
      waits.add(one);
      if (late) look();
      return () => {
        if (waits.delete(one)) look();
      };
    },
  };
}
