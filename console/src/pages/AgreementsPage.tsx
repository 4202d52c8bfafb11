import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { State } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

const states = ['submitted', 'active', 'suspended', 'superseded', 'returned', 'revoked', 'draft'] as const;

/** Agreements and restrictions, each version. */
export function AgreementsPage(): ReactNode {
  const { say, pick, when } = useWords();
  const { options, name } = useDepartments();
  return (
    <ListPage
      title={say('agreements')}
      lead={say('agreementsLead')}
      cli="npx datong policy list"
      filters={[
        { name: 'provider', label: say('provider'), all: say('allDepartments'), options },
        { name: 'consumer', label: say('consumer'), all: say('allDepartments'), options },
        {
          name: 'state',
          label: say('state'),
          all: say('allStates'),
          options: states.map((value) => ({ value, text: say(`st_${value}`) })),
        },
      ]}
      ask={({ provider, consumer, state }, place) =>
        get('/v1/policy/documents', { query: { provider, consumer, state, ...place } })
      }
      rowsOf={(answer): readonly Schemas['PolicyDocumentSummary'][] => answer.documents}
      usualSort="id"
      keyOf={(one) => `${one.id}@${one.version}`}
      empty={say('agreementsEmpty')}
      columns={[
        {
          ...sortedBy('id'),
          title: say('agreement'),
          render: (_, one) => (
            <Link to={addressOf('agreements', [one.id, String(one.version)])}>
              {one.title === undefined ? one.id : pick(one.title)}
            </Link>
          ),
        },
        { title: say('version'), render: (_, one) => one.version },
        {
          ...sortedBy('provider'),
          title: say('provider'),
          render: (_, one) => (one.provider === undefined ? '—' : name(one.provider)),
        },
        {
          ...sortedBy('consumer'),
          title: say('consumer'),
          render: (_, one) => (one.consumer === undefined ? '—' : name(one.consumer)),
        },
        { title: say('dataset'), render: (_, one) => <DatasetTitles ids={one.datasets} /> },
        { title: say('validUntil'), render: (_, one) => when(one.valid?.until) },
        { title: say('state'), render: (_, one) => <State state={one.state} /> },
      ]}
    />
  );
}
