import { useCallback, useEffect, useState } from 'react';

export interface Answered<T> {
  readonly value: T | undefined;
  readonly error: unknown;
  readonly loading: boolean;
  readonly again: () => void;
}

/** What a call answers, asked anew whenever `key` changes; the old answer stays until the new one is there. */
export function useAnswer<T>(key: string, ask: () => Promise<T>): Answered<T> {
  const [state, setState] = useState<{ value?: T; error?: unknown; loading: boolean }>({ loading: true });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let current = true;
    setState((before) => ({ ...before, loading: true }));
    ask().then(
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
    // `ask` is made anew with every drawing; what it asks stands in `key`
  }, [key, turn]);
  const again = useCallback(() => setTurn((before) => before + 1), []);
  return { value: state.value, error: state.error, loading: state.loading, again };
}
