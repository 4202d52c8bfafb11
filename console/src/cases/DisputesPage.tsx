import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** Disputes of two departments about a request or a ticket, the newest first. */
export function DisputesPage(): ReactNode {
  const { say, when } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  return (
    <ListPage
      title={say('disputes')}
      lead={say('dpLead')}
      cli="npx datong ticket dispute list --open"
      actions={
        hasRole(session, ['steward']) ? (
          <Link button to={addressOf('disputes', ['new'])}>
            {say('dpRaise')}
          </Link>
        ) : null
      }
      filters={[
        {
          name: 'ended',
          label: say('state'),
          all: say('dpRunning'),
          options: [{ value: '1', text: say('dpAll') }],
        },
      ]}
      ask={({ ended }, place) =>
        get('/v1/disputes', { query: { open: ended === '1' ? '' : 'true', ...place } })
      }
      rowsOf={({ disputes }) => disputes}
      usualSort="-opened"
      keyOf={({ id }) => id}
      empty={say('dpEmpty')}
      columns={[
        {
          title: say('rqNumber'),
          render: (_, { id }: Schemas['DisputeView']) => <Link to={addressOf('disputes', [id])}>{id}</Link>,
        },
        { title: say('dpAbout'), render: (_, { about }) => <DisputeAbout about={about} /> },
        { title: say('dpRaised'), render: (_, { raised }) => name(raised) },
        { title: say('dpOther'), render: (_, { other }) => name(other) },
        { ...sortedBy('opened'), title: say('opened'), render: (_, { events }) => when(events[0]?.at) },
        {
          title: say('state'),
          render: (_, { state }) => <span className="state">{say(`dp_${state}`)}</span>,
        },
      ]}
    />
  );
}

/** The request or the ticket that it is about. */
export function DisputeAbout({ about }: { readonly about: string }): ReactNode {
  return <Link to={addressOf(about.startsWith('req-') ? 'requests' : 'tickets', [about])}>{about}</Link>;
}
