import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { ProblemText } from '../parts/ProblemText.tsx';
import { State } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

const states = [
  'receiving',
  'checking',
  'held',
  'prepared',
  'published',
  'superseded',
  'rejected',
  'dropped',
  'failed',
  'expired',
] as const;

/** Submissions of the departments, the newest first. */
export function BatchesPage(): ReactNode {
  const { say, when, number } = useWords();
  const { options, name } = useDepartments();
  return (
    <ListPage
      title={say('batches')}
      lead={say('batchesLead')}
      cli="npx datong batch list"
      filters={[
        { name: 'department', label: say('department'), all: say('allDepartments'), options },
        {
          name: 'state',
          label: say('state'),
          all: say('allStates'),
          options: states.map((value) => ({ value, text: say(`st_${value}`) })),
        },
      ]}
      ask={({ department, state, dataset }, place) =>
        get('/v1/batches', { query: { department, state, dataset, ...place } })
      }
      rowsOf={(answer): readonly Schemas['Batch'][] => answer.batches}
      usualSort="-opened"
      keyOf={({ batch }) => batch}
      empty={say('batchesEmpty')}
      columns={[
        { ...sortedBy('opened'), title: say('opened'), render: (_, one) => when(one.openedAt) },
        { title: say('department'), render: (_, one) => name(one.department) },
        {
          title: say('dataset'),
          render: (_, one) => (
            <Link to={addressOf('datasets', [one.dataset])}>
              <DatasetTitles ids={[one.dataset]} />
            </Link>
          ),
        },
        {
          title: say('fileName'),
          render: (_, one) => (
            <Link to={addressOf('held', [one.batch])}>
              {one.fileName ??
                (one.calls === undefined ? one.batch : say('byCalls', { calls: number(one.calls) }))}
            </Link>
          ),
        },
        { title: say('state'), render: (_, one) => <State state={one.state} /> },
        {
          title: say('records'),
          align: 'right',
          render: (_, one) => (one.counts === undefined ? '—' : number(one.counts.records)),
        },
        {
          title: say('rows'),
          align: 'right',
          render: (_, one) => (one.counts === undefined ? '—' : number(one.counts.rows)),
        },
        {
          title: say('bad'),
          align: 'right',
          render: (_, one) => (one.counts === undefined ? '—' : number(one.counts.bad)),
        },
        { title: say('problem'), render: (_, one) => <ProblemText code={one.problem} /> },
      ]}
    />
  );
}
