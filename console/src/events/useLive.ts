import { useEffect, useRef, useState } from 'react';
import { defined } from '../../../terms/defined.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { useSession } from '../session.ts';
import { follow } from './follow.ts';

/**
 * An answer that is requested again when open events change, while the window is visible. A failed request leaves the last answer on the page.
 * @param event the one whose changes count; absent: all that the person may see
 */
export function useLive<T>(key: string, ask: () => Promise<T>, event?: string): Answered<T> {
  const answer = useAnswer(key, ask);
  const { turn } = useSession();
  const { value, loading, again } = answer;
  const [last, setLast] = useState<{ readonly key: string; readonly value: T }>();
  if (value !== undefined && last?.value !== value) setLast({ key, value });
  const pending = useRef(loading);
  pending.current = loading;
  const shown = value ?? (last?.key === key ? last.value : undefined);
  // a person who may not read the page may not follow it
  const isShown = shown !== undefined;
  useEffect(
    () => (isShown ? follow({ again, isPending: () => pending.current, ...defined({ event }) }) : undefined),
    [again, event, isShown, turn],
  );
  return { ...answer, value: shown };
}
