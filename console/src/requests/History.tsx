import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Events } from '../parts/Events.tsx';
import { isWord } from '../parts/State.tsx';
import { useWords, type Spoken } from '../words/words.ts';

type Event = Schemas['RequestView']['events'][number];

export const actWord = (act: string, say: Spoken['say']): string => {
  const word = `ra_${act}`;
  return isWord(word) ? say(word) : act;
};

/** Everything that happened, with who said what. */
export function History({ view }: { readonly view: Schemas['RequestView'] }): ReactNode {
  const { say } = useWords();
  return (
    <Events
      events={view.events}
      step={({ act }) => actWord(act, say)}
      said={[{ title: say('scMeaning'), render: (_, one) => <Said of={one} /> }]}
    />
  );
}

export function Said({ of }: { readonly of: Event }): ReactNode {
  const { say } = useWords();
  const { reason, wouldGrant, missing = [], papers } = of;
  return (
    <>
      {reason ?? papers?.reason}
      {wouldGrant === undefined ? null : (
        <div>
          {say('rqWouldGrant')}：{wouldGrant}
        </div>
      )}
      {missing.length === 0 ? null : (
        <ol aria-label={say('rqMissingList')}>
          {missing.map(({ item, note }, at) => (
            <li key={at}>
              {item}：{note}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
