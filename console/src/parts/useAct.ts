import { useCallback, useRef, useState } from 'react';
import { Refused } from '../api/call.ts';
import { useOpenCount } from './openCount.ts';

export interface Act {
  /**
   * Runs the work once: while it is pending, a second press does nothing.
   * @param work receives a key that stays the same until the hub has answered: an act sent twice under it takes effect once
   */
  readonly act: <T>(work: (key: string) => Promise<T>, done: (value: T) => void) => void;
  readonly sending: boolean;
  /** error of the last act */
  readonly error: unknown;
}

/**
 * An act that changes the hub, or costs a log entry: sent once however often it is pressed.
 * @param options.counts false where the act cannot change what waits for the person: the inbox is not read again
 */
export function useAct({ counts = true }: { readonly counts?: boolean } = {}): Act {
  const under = useRef(false);
  const key = useRef(crypto.randomUUID());
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>();
  const { refresh } = useOpenCount();
  const act = useCallback(
    <T>(work: (key: string) => Promise<T>, done: (value: T) => void) => {
      if (under.current) return;
      under.current = true;
      setSending(true);
      setError(undefined);
      work(key.current)
        .then(
          (value) => {
            key.current = crypto.randomUUID();
            done(value);
            if (counts) refresh();
          },
          (why: unknown) => {
            // what was refused stored nothing; without an answer it is not known whether something was stored
            if (why instanceof Refused && why.problem.status < 500) key.current = crypto.randomUUID();
            setError(why);
          },
        )
        .finally(() => {
          under.current = false;
          setSending(false);
        });
    },
    [refresh, counts],
  );
  return { act, sending, error };
}
