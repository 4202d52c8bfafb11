import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Events } from '../parts/Events.tsx';
import { actTitle } from '../../../terms/requestForm/requestForm.ts';
import { useWords } from '../words/words.ts';

type Event = Schemas['RequestView']['events'][number];

/** All events, with each person's statement. */
export function History({ view }: { readonly view: Schemas['RequestView'] }): ReactNode {
  const { say, pick } = useWords();
  return (
    <Events
      events={view.events}
      step={({ act }) => pick(actTitle(act))}
      moreColumns={[{ title: say('scMeaning'), render: (_, one) => <EventContent of={one} /> }]}
    />
  );
}

export function EventContent({ of }: { readonly of: Event }): ReactNode {
  const { say } = useWords();
  const { reason, wouldGrant, missing = [], papers } = of;
  return (
    <>
      {reason ?? papers?.reason}
      {wouldGrant === undefined ? null : (
        <div>
          {say('rqWouldGrant')}
          {say('pointColon')}
          {wouldGrant}
        </div>
      )}
      {missing.length === 0 ? null : (
        <ol aria-label={say('rqMissingList')}>
          {missing.map(({ item, note }, at) => (
            <li key={at}>
              {item}
              {say('pointColon')}
              {note}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
