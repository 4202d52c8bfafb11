import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Waiting, useWaiting } from '../keeping/Waiting.tsx';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { RunOutcome } from './RunOutcome.tsx';
import { useSchedule } from './useSchedule.ts';

type Pull = Schemas['PullList']['pulls'][number];

/** Datasets that the hub fills from databases of their departments, each with the result of its last run. */
export function PullsPage(): ReactNode {
  const { say, when, number, day } = useWords();
  const { session } = useSession();
  const { name, options } = useDepartments();
  const schedule = useSchedule();
  const waiting = useWaiting(['Pull']);
  return (
    <ListPage
      title={say('pulls')}
      lead={say('plLead')}
      cli="npx datong dataset pull list"
      filters={[
        { name: 'department', label: say('department'), all: say('allDepartments'), options },
        {
          name: 'failed',
          label: say('plOnly'),
          all: say('plAny'),
          options: [{ value: '1', text: say('plFailed') }],
        },
      ]}
      ask={({ department, failed }, place) =>
        get('/v1/pulls', { query: { department, failed: failed === '1' ? 'true' : '', ...place } })
      }
      rowsOf={({ pulls }) => pulls}
      usualSort="dataset"
      keyOf={({ dataset }) => dataset}
      empty={say('plEmpty')}
      columns={[
        {
          ...sortedBy('dataset'),
          title: say('dataset'),
          render: (_, { dataset }: Pull) => (
            <Link to={addressOf('pulls', [dataset])}>
              <DatasetTitles ids={[dataset]} />
            </Link>
          ),
        },
        { title: say('department'), render: (_, one) => name(one.department) },
        {
          title: say('plSource'),
          render: (_, one) => <span className="digest">{`${one.host}/${one.database}`}</span>,
        },
        { title: say('plSchedule'), render: (_, one) => schedule(one.schedule) },
        {
          title: say('plLast'),
          render: (_, { last }) => (last === undefined ? say('plNever') : when(last.begunAt)),
        },
        {
          title: say('plOutcome'),
          render: (_, { last, pausedUntil: until }) =>
            until !== undefined ? (
              <span className="state">{say('plPausedUntil', { until: day(until) })}</span>
            ) : last === undefined ? (
              '—'
            ) : (
              <RunOutcome of={last} />
            ),
        },
        {
          title: say('plRows'),
          align: 'right',
          render: (_, { last }) => (last === undefined ? '—' : number(last.rows)),
        },
      ]}
    >
      <Waiting of={waiting.value} />
      {hasRole(session, ['steward']) ? (
        <CommandLine label={say('plSet')} line="npx datong catalogue apply pull.yaml --as steward" />
      ) : null}
    </ListPage>
  );
}
