import { createContext, useContext } from 'react';

/** Number of things that wait for the person, shared by the menu, the title of the window and the first page. */
export interface OpenCount {
  /** undefined until it is known */
  readonly count: number | undefined;
  readonly setCount: (count: number) => void;
  /** reads the number again: an act of the person may have changed it */
  readonly refresh: () => void;
}
export const OpenCountContext = createContext<OpenCount>({
  count: undefined,
  setCount: () => undefined,
  refresh: () => undefined,
});

export const useOpenCount = (): OpenCount => useContext(OpenCountContext);
