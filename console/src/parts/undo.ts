import { createContext, useContext } from 'react';

/** An act that was done and can be reversed. */
export interface Undoable {
  /** what was done */
  readonly text: string;
  /** the reverse act @param key under which it takes effect once, however often it is sent */
  readonly undo: (key: string) => Promise<unknown>;
  /** command line of the reverse act; absent: it is no call to the hub, and cannot be refused */
  readonly cli?: string;
  /** what shows the state before: called when it is reversed */
  readonly undone?: () => void;
}

export const UndoContext = createContext<(act: Undoable) => void>(() => undefined);

/** Offers for some seconds to reverse an act; a later offer replaces an earlier one. */
export const useUndo = (): ((act: Undoable) => void) => useContext(UndoContext);
