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

const states = ['submitted', 'active', 'suspended', 'superseded', 'returned', 'revoked', 'draft'] as const;

/** Agreements and restrictions, each version. */
export function AgreementsPage(): ReactNode {
  const { say, pick, when } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { options, name } = useDepartments();
  const { provider = '', consumer = '', state = '', cursor = '' } = filter;
  const answer = useAnswer(`${provider} ${consumer} ${state} ${cursor} ${turn}`, () =>
    get('/v1/policy/documents', { query: { provider, consumer, state, cursor } }),
  );
  return (
    <Page title={say('agreements')} lead={say('agreementsLead')} error={answer.error}>
      <div className="filters">
        <Choice name="provider" label={say('provider')} all={say('allDepartments')} options={options} />
        <Choice name="consumer" label={say('consumer')} all={say('allDepartments')} options={options} />
        <Choice
          name="state"
          label={say('state')}
          all={say('allStates')}
          options={states.map((value) => ({ value, text: say(`st_${value}`) }))}
        />
      </div>
      <List<Schemas['PolicyDocumentSummary']>
        label={say('agreements')}
        rows={answer.value?.documents}
        keyOf={(one) => `${one.id}@${one.version}`}
        answer={answer}
        empty={say('agreementsEmpty')}
        nextCursor={answer.value?.nextCursor}
        columns={[
          {
            title: say('agreement'),
            render: (_, one) => (
              <Link to={addressOf('agreements', [one.id, String(one.version)])}>
                {one.title === undefined ? one.id : pick(one.title)}
              </Link>
            ),
          },
          { title: say('version'), render: (_, one) => one.version },
          {
            title: say('provider'),
            render: (_, one) => (one.provider === undefined ? '—' : name(one.provider)),
          },
          {
            title: say('consumer'),
            render: (_, one) => (one.consumer === undefined ? '—' : name(one.consumer)),
          },
          { title: say('dataset'), render: (_, one) => one.datasets.join('、') },
          { title: say('validUntil'), render: (_, one) => when(one.valid?.until) },
          { title: say('state'), render: (_, one) => <State state={one.state} /> },
        ]}
      />
    </Page>
  );
}
