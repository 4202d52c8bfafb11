import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { TicketDue, TicketState } from './TicketState.tsx';

const states = ['mended', 'explained', 'withdrawn'] as const;
const parts = ['provider', 'opener', 'told'] as const;

/** Reports of wrong or missing data: to answer, opened by the person's own department, or sent to it for information. */
export function TicketsPage(): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  return (
    <ListPage
      title={say('tickets')}
      lead={say('tkLead')}
      cli="npx datong ticket list --open"
      actions={
        hasRole(session, ['steward']) ? (
          <Link button to={addressOf('tickets', ['new'])}>
            {say('tkNew')}
          </Link>
        ) : null
      }
      filters={[
        {
          name: 'state',
          label: say('state'),
          all: say('tk_open'),
          options: [
            ...states.map((value) => ({ value, text: say(`tk_${value}`) })),
            { value: 'all', text: say('allStates') },
          ],
        },
        ...(session.department === undefined
          ? []
          : [
              {
                name: 'as',
                label: say('tkAs'),
                all: say('tkAsAny'),
                options: parts.map((value) => ({ value, text: say(`tkAs_${value}`) })),
              },
            ]),
      ]}
      ask={({ state = '', as = '' }, place) =>
        get('/v1/tickets', {
          query: { state: state === '' ? 'open' : state === 'all' ? '' : state, as, ...place },
        })
      }
      rowsOf={({ tickets }) => tickets}
      usualSort="-opened"
      keyOf={({ id }) => id}
      empty={say('tkEmpty')}
      columns={[
        {
          ...sortedBy('opened'),
          title: say('rqNumber'),
          render: (_, { id }: Schemas['TicketSummary']) => <Link to={addressOf('tickets', [id])}>{id}</Link>,
        },
        {
          title: say('tkAbout'),
          render: (_, { dataset, field }) => (field === undefined ? dataset : `${dataset} · ${field}`),
        },
        { title: say('tkOpener'), render: (_, { opener }) => (opener === undefined ? '—' : name(opener)) },
        { title: say('provider'), render: (_, { provider }) => name(provider) },
        { title: say('tkAs'), render: (_, { as }) => say(`tkAs_${as}`) },
        { title: say('tkDue'), render: (_, one) => <TicketDue of={one} /> },
        { title: say('state'), render: (_, { state }) => <TicketState state={state} /> },
      ]}
    />
  );
}
