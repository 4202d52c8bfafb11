/**
 * Whether a page has all that it asks for when it is opened. Until then what is below its head is not shown: what comes later above it
 * would move it from under whoever reads it. What is asked for afterwards hides nothing. One call that is not answered keeps the others'
 * answers back for so long and no longer; from then on the page says how many it still waits for, and asks for them again where it is told.
 */
import { createContext } from 'react';

/** Milliseconds after which what has arrived is shown without the rest. */
const patience = 5_000;

export interface Settling {
  readonly settled: () => boolean;
  /** How many calls a page that was shown without them waits for. */
  readonly missing: () => number;
  /** Asks for those once more. */
  readonly askAgain: () => void;
  readonly subscribe: (told: () => void) => () => void;
  /** The page itself stands; from then on it settles when nothing is waited for. */
  readonly begun: () => void;
  /** Something is waited for. @param again asks for it once more @returns says that it is there, and drawn */
  readonly wait: (again: () => void) => () => void;
}

export const SettlingContext = createContext<Settling | undefined>(undefined);

export function newSettling(): Settling {
  const listeners = new Set<() => void>();
  const waits = new Set<() => void>();
  let settled = false;
  let stands = false;
  // shown before all was there
  let late = false;
  const settle = (): void => {
    settled = true;
    for (const told of listeners) told();
  };
  // an answer may bring forth what asks on, in the same drawing: looked at behind it
  const look = (): void =>
    queueMicrotask(() => {
      if (late) for (const told of listeners) told();
      else if (!settled && stands && waits.size === 0) settle();
    });
  return {
    settled: () => settled,
    missing: () => (late ? waits.size : 0),
    askAgain: () => {
      for (const again of [...waits]) again();
    },
    subscribe: (told) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    begun: () => {
      stands = true;
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
