import { useCallback, useRef, useState } from 'react';

export interface Act {
  /**
   * Runs the work once: while it is pending, a second press does nothing.
   * @param work receives a key that stays the same until it has succeeded: an act sent twice under it takes effect once
   */
  readonly act: <T>(work: (key: string) => Promise<T>, done: (value: T) => void) => void;
  readonly sending: boolean;
  /** error of the last act */
  readonly error: unknown;
}

/** An act that changes the hub, or costs a log entry: sent once however often it is pressed. */
export function useAct(): Act {
  const under = useRef(false);
  const key = useRef(crypto.randomUUID());
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>();
  const act = useCallback(<T>(work: (key: string) => Promise<T>, done: (value: T) => void) => {
    if (under.current) return;
    under.current = true;
    setSending(true);
    setError(undefined);
    work(key.current)
      .then((value) => {
        key.current = crypto.randomUUID();
        done(value);
      }, setError)
      .finally(() => {
        under.current = false;
        setSending(false);
      });
  }, []);
  return { act, sending, error };
}
