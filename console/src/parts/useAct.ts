import { useCallback, useRef, useState } from 'react';

export interface Act {
  /**
   * Does it once: while one is under way, a second press does nothing.
   * @param work gets a key that stays the same until it has succeeded: the same act sent twice under it happens once
   */
  readonly act: <T>(work: (key: string) => Promise<T>, done: (value: T) => void) => void;
  readonly sending: boolean;
  /** what the last one was refused with */
  readonly error: unknown;
}

/** Something that changes the hub, or costs an entry: sent once however often it is pressed. */
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
