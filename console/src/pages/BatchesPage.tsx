import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { State } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

const states = [
  'receiving',
  'checking',
  'held',
  'published',
  'superseded',
  'rejected',
  'failed',
  'expired',
] as const;

/** What departments sent, the newest first. */
export function BatchesPage(): ReactNode {
  const { say, when, number } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { options, name } = useDepartments();
  const { department = '', state = '', dataset = '', cursor = '' } = filter;
  const answer = useAnswer(`${department} ${state} ${dataset} ${cursor} ${turn}`, () =>
    get('/v1/batches', { query: { department, state, dataset, cursor } }),
  );
  return (
    <Page title={say('batches')} lead={say('batchesLead')} error={answer.error}>
      <div className="filters">
        <Choice name="department" label={say('department')} all={say('allDepartments')} options={options} />
        <Choice
          name="state"
          label={say('state')}
          all={say('allStates')}
          options={states.map((value) => ({ value, text: say(`st_${value}`) }))}
        />
      </div>
      <List<Schemas['Batch']>
        label={say('batches')}
        rows={answer.value?.batches}
        keyOf={({ batch }) => batch}
        answer={answer}
        empty={say('batchesEmpty')}
        nextCursor={answer.value?.nextCursor}
        columns={[
          { title: say('opened'), render: (_, one) => when(one.openedAt) },
          { title: say('department'), render: (_, one) => name(one.department) },
          {
            title: say('dataset'),
            render: (_, one) => <Link to={addressOf('datasets', [one.dataset])}>{one.dataset}</Link>,
          },
          { title: say('fileName'), render: (_, one) => one.fileName ?? '—' },
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
          { title: say('problem'), render: (_, one) => one.problem ?? '—' },
        ]}
      />
    </Page>
  );
}
