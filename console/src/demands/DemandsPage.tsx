import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf } from '../route.ts';
import { hasDepartment, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { Due } from '../requests/Due.tsx';

const states = ['office', 'assigned', 'met', 'refused', 'withdrawn'] as const;

/** Demands of the person's department and those assigned to it, the newest first; for the data office, all. */
export function DemandsPage(): ReactNode {
  const { say, when } = useWords();
  const { session } = useSession();
  const { name, options } = useDepartments();
  return (
    <ListPage
      title={say('demands')}
      lead={say('dmLead')}
      cli="npx datong request demand list --open"
      actions={
        hasDepartment(session, ['steward']) ? (
          <Link button to={addressOf('demands', ['new'])}>
            {say('dmNew')}
          </Link>
        ) : null
      }
      filters={[
        {
          name: 'state',
          label: say('state'),
          all: say('dmRunning'),
          options: [
            ...states.map((value) => ({ value, text: say(`dm_${value}`) })),
            { value: 'all', text: say('dmAll') },
          ],
        },
        { name: 'department', label: say('dmParty'), all: say('allDepartments'), options },
      ]}
      ask={({ state = '', department }, place) =>
        get('/v1/demands', {
          query: {
            open: state === '' ? 'true' : '',
            state: state === 'all' ? '' : state,
            department,
            ...place,
          },
        })
      }
      rowsOf={({ demands }) => demands}
      usualSort="-opened"
      keyOf={({ id }) => id}
      empty={say('dmEmpty')}
      columns={[
        {
          title: say('dmTitle'),
          render: (_, one: Schemas['DemandView']) => (
            <>
              <Link to={addressOf('demands', [one.id])}>{one.title}</Link>
              <br />
              <code className="muted">{one.id}</code>
            </>
          ),
        },
        { title: say('dmConsumer'), render: (_, one) => name(one.consumer) },
        {
          title: say('dmProvider'),
          render: (_, one) => (one.provider === undefined ? '—' : name(one.provider)),
        },
        { ...sortedBy('opened'), title: say('opened'), render: (_, { events }) => when(events[0]?.at) },
        { title: say('inboxDue'), render: (_, one) => <Due of={one} /> },
        {
          title: say('state'),
          render: (_, { state }) => <span className="state">{say(`dm_${state}`)}</span>,
        },
      ]}
    />
  );
}
