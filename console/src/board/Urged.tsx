import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';

/** How often leaders urged an item, and when and by whom last; nothing where they did not. */
export function Urged({ of }: { readonly of: { readonly urged?: Schemas['Urged'] } }): ReactNode {
  const { say, when, number } = useWords();
  const { urged } = of;
  if (urged === undefined) return null;
  return (
    <span className="late" title={urged.by}>
      {say('urgedTimes', {
        n: number(urged.count),
        at: when(urged.at),
        who: urged.byName ?? urged.by,
      })}
    </span>
  );
}
