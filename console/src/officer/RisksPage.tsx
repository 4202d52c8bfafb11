import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { State } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf } from '../route.ts';
import { hasOffice, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { LogFindings } from './LogFindings.tsx';

/** Findings of the rules over the log, the earliest due first. */
export function RisksPage(): ReactNode {
  const { say, pick, number, day } = useWords();
  const { session } = useSession();
  const { name, options } = useDepartments();
  return (
    <ListPage
      title={say('risks')}
      lead={say('risksLead')}
      cli="npx datong audit findings --as auditor"
      filters={[
        {
          name: 'all',
          label: say('state'),
          all: say('risksOpen'),
          options: [{ value: '1', text: say('risksAll') }],
        },
        { name: 'consumer', label: say('department'), all: say('allDepartments'), options },
      ]}
      ask={({ all, consumer, cursor }) =>
        get('/v1/risks', { query: { unanswered: all === '1' ? '' : 'true', consumer, cursor } })
      }
      rowsOf={({ risks }): readonly Schemas['Risk'][] => risks}
      keyOf={({ id }) => id}
      empty={say('risksEmpty')}
      columns={[
        { title: say('riskDue'), render: (_, one) => <Due of={one} /> },
        { title: say('riskWhat'), render: (_, one) => pick(one.message) },
        { title: say('riskDay'), render: (_, one) => day(one.day) },
        {
          title: say('department'),
          render: (_, one) => (one.consumer === undefined ? '—' : name(one.consumer)),
        },
        { title: say('official'), render: (_, one) => one.personName ?? one.official ?? '—' },
        {
          title: say('riskCount'),
          align: 'right',
          render: (_, one) => `${number(one.count)} / ${number(one.limit)}`,
        },
        { title: say('state'), render: (_, one) => <State state={one.state} /> },
        {
          title: say('actions'),
          render: (_, one) => (
            <Link to={addressOf('risks', [one.id])}>
              {say('open')}
              <span className="for-ears"> {pick(one.message)}</span>
            </Link>
          ),
        },
      ]}
    >
      {hasOffice(session, ['auditor']) ? <LogFindings /> : null}
    </ListPage>
  );
}

/** The day by which an answer is due. */
export function Due({ of }: { readonly of: Pick<Schemas['Risk'], 'due' | 'overdue'> }): ReactNode {
  const { say, day } = useWords();
  return of.overdue ? (
    <span className="state bad">
      {day(of.due)} · {say('overdue')}
    </span>
  ) : (
    day(of.due)
  );
}
