import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';

/** A schedule in words. */
export function useSchedule(): (of: Schemas['Pull']['schedule']) => string {
  const { say } = useWords();
  return ({ every, on, window }) =>
    [
      say(`pe_${every}`),
      ...(on === undefined ? [] : [say('plOn', { n: on })]),
      ...(window === undefined ? [] : [say('plWindow', { window })]),
    ].join(' · ');
}
