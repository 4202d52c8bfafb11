/**
 * Whether a page has all that it asks for when it is opened. Until then what is below its head is not shown: what comes later above it
 * would move it from under whoever reads it. What is asked for afterwards hides nothing.
 */
import { createContext } from 'react';

export interface Settling {
  readonly settled: () => boolean;
  readonly subscribe: (told: () => void) => () => void;
  /** The page itself stands; from then on it settles when nothing is waited for. */
  readonly begun: () => void;
  /** Something is waited for. @returns says that it is there, and drawn */
  readonly wait: () => () => void;
}

export const SettlingContext = createContext<Settling | undefined>(undefined);

export function newSettling(): Settling {
  const listeners = new Set<() => void>();
  let settled = false;
  let stands = false;
  let waits = 0;
  // an answer may bring forth what asks on, in the same drawing: looked at behind it
  const look = (): void =>
    queueMicrotask(() => {
      if (settled || !stands || waits > 0) return;
      settled = true;
      for (const told of listeners) told();
    });
  return {
    settled: () => settled,
    subscribe: (told) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    begun: () => {
      stands = true;
      look();
    },
    wait: () => {
      waits += 1;
      let there = false;
      return () => {
        if (there) return;
        there = true;
        waits -= 1;
        look();
      };
    },
  };
}
