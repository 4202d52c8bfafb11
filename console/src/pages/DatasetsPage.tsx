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

export const sharingWords = {
  unconditional: 'unconditional',
  conditional: 'conditional',
  none: 'notShared',
} as const;

/** The catalogue: what the departments have. */
export function DatasetsPage(): ReactNode {
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { options, name } = useDepartments();
  const { department = '', sharing = '', cursor = '' } = filter;
  const answer = useAnswer(`${department} ${sharing} ${cursor} ${turn}`, () =>
    get('/v1/datasets', { query: { department, sharing, cursor } }),
  );
  return (
    <Page title={say('datasets')} lead={say('datasetsLead')} error={answer.error}>
      <div className="filters">
        <Choice name="department" label={say('department')} all={say('allDepartments')} options={options} />
        <Choice
          name="sharing"
          label={say('sharing')}
          all={say('allSharing')}
          options={(['unconditional', 'conditional', 'none'] as const).map((value) => ({
            value,
            text: say(sharingWords[value]),
          }))}
        />
      </div>
      <List<Schemas['DatasetView']>
        label={say('datasets')}
        rows={answer.value?.datasets}
        keyOf={({ id }) => id}
        answer={answer}
        empty={say('datasetsEmpty')}
        nextCursor={answer.value?.nextCursor}
        columns={[
          {
            title: say('datasetName'),
            render: (_, one) => <Link to={addressOf('datasets', [one.id])}>{pick(one.title)}</Link>,
          },
          { title: say('datasetId'), render: (_, one) => <code>{one.id}</code> },
          { title: say('department'), render: (_, one) => name(one.department) },
          { title: say('sharing'), render: (_, one) => say(sharingWords[one.sharing.type]) },
          { title: say('mode'), render: (_, one) => say(one.mode) },
          {
            title: say('linked'),
            render: (_, one) => say(one.currentBatch === undefined ? 'notLinked' : 'linkedSince'),
          },
          { title: say('dsState'), render: (_, one) => <State state={one.state} /> },
        ]}
      />
    </Page>
  );
}
