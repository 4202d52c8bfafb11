import { useCallback, useContext, useEffect, useRef, useState } from 'react';
import { SettlingContext } from './settling.ts';

export interface Answered<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  readonly again: () => void;
}

/** The answer of a call, requested again whenever `key` changes; the old answer stays until the new one arrives. */
export function useAnswer<T>(key: string, ask: () => Promise<T>): Answered<T> {
  const [state, setState] = useState<{ value?: T; error?: unknown; loading: boolean }>({ loading: true });
  const [turn, setTurn] = useState(0);
  const settling = useContext(SettlingContext);
  const there = useRef<() => void>(undefined);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  useEffect(() => {
    let current = true;
    const before = there.current;
    there.current = settling?.wait(again);
    before?.();
    setState((before) => ({ ...before, loading: true }));
    // an error that `ask` throws at once is an error of the answer too
    Promise.resolve()
      .then(ask)
      .then(
        (value) => {
          if (current) setState({ value, loading: false });
        },
        (error: unknown) => {
          if (current) setState({ error, loading: false });
        },
      );
    return () => {
      current = false;
    };
    // `ask` is a new function with every render; `key` identifies its request
  }, [key, turn]);
  useEffect(() => {
    if (!state.loading) there.current?.();
  }, [state]);
  useEffect(() => () => there.current?.(), []);
  return { value: state.value, error: state.error, loading: state.loading, again };
}
