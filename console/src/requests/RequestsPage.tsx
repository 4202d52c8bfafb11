import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { Link } from '../parts/Link.tsx';
import { List, placeIn, sortedBy } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { Due } from './Due.tsx';

type Summary = Schemas['RequestSummary'];

/** Requests: those that wait for the person by their deadlines, those of their department, those for its data, or all that they may see. */
export function RequestsPage(): ReactNode {
  const { say, pick } = useWords();
  const { session, turn } = useSession();
  const { filter } = useRoute();
  const { name, options } = useDepartments();
  const { show = '', consumer = '', provider = '', open = '' } = filter;
  const own = session.department ?? '';
  const query = {
    turn: show === 'mine' ? 'mine' : '',
    consumer: show === 'ours' ? own : consumer,
    provider: show === 'theirs' ? own : provider,
    open,
    ...placeIn(filter),
  };
  const answer = useAnswer(`${JSON.stringify(query)} ${turn}`, () => get('/v1/requests', { query }));
  const shows = own === '' ? (['mine'] as const) : (['mine', 'ours', 'theirs'] as const);
  return (
    <Page
      title={say('requests')}
      lead={say('rqLead')}
      error={answer.error}
      cli={`npx datong request list${show === 'mine' ? ' --mine' : ''}`}
      actions={<Link to={addressOf('catalogue')}>{say('rqToCatalogue')}</Link>}
    >
      <div className="filters">
        <Choice
          name="show"
          label={say('rqShow')}
          all={say('rqShowAll')}
          options={shows.map((value) => ({ value, text: say(`rqShow_${value}`) }))}
        />
        {show === 'ours' ? null : (
          <Choice name="consumer" label={say('consumer')} all={say('allDepartments')} options={options} />
        )}
        {show === 'theirs' ? null : (
          <Choice name="provider" label={say('provider')} all={say('allDepartments')} options={options} />
        )}
      </div>
      <List<Summary>
        label={say('requests')}
        rows={answer.value?.requests}
        usualSort={show === 'mine' ? '' : '-opened'}
        keyOf={({ id }) => id}
        answer={answer}
        empty={say('rqEmpty')}
        page={answer.value}
        columns={[
          {
            ...sortedBy('opened'),
            title: say('rqNumber'),
            render: (_, one) => (
              <>
                <Link to={addressOf('requests', [one.id])}>{pick(one.title) || one.agreement}</Link>
                <br />
                <code className="muted">{one.id}</code>
              </>
            ),
          },
          { title: say('consumer'), render: (_, one) => name(one.consumer) },
          { title: say('provider'), render: (_, one) => name(one.provider) },
          { title: say('dataset'), render: (_, one) => <DatasetTitles ids={one.datasets} /> },
          {
            title: say('rqStage'),
            render: (_, one) => (one.waitsFor === undefined ? '—' : say(`by_${one.waitsFor}`)),
          },
          { title: say('rqDue'), render: (_, one) => <Due of={one} /> },
          {
            title: say('state'),
            render: (_, one) => <span className="state">{say(`rq_${one.state}`)}</span>,
          },
        ]}
      />
    </Page>
  );
}
