import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { State } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { DataLists, NewDatasetLink } from '../registry/DataLists.tsx';
import { addressOf } from '../route.ts';
import { sharingWords } from '../words/sharingWords.ts';
import { useWords } from '../words/words.ts';

/** All datasets that are registered, in the catalogue or not. */
export function DatasetsPage(): ReactNode {
  const { say, pick } = useWords();
  const { options, name } = useDepartments();
  return (
    <ListPage
      title={say('datasets')}
      lead={say('datasetsLead')}
      cli="npx datong dataset list"
      head={<DataLists current="datasets" />}
      actions={<NewDatasetLink />}
      filters={[
        { name: 'department', label: say('department'), all: say('allDepartments'), options },
        {
          name: 'sharing',
          label: say('sharing'),
          all: say('allSharing'),
          options: (['unconditional', 'conditional', 'none'] as const).map((value) => ({
            value,
            text: say(sharingWords[value]),
          })),
        },
      ]}
      ask={({ department, sharing }, place) =>
        get('/v1/datasets', { query: { department, sharing, ...place } })
      }
      rowsOf={(answer): readonly Schemas['DatasetView'][] => answer.datasets}
      usualSort="id"
      keyOf={({ id }) => id}
      empty={say('datasetsEmpty')}
      columns={[
        {
          ...sortedBy('title'),
          title: say('datasetName'),
          render: (_, one) => <Link to={addressOf('datasets', [one.id])}>{pick(one.title)}</Link>,
        },
        { ...sortedBy('id'), title: say('datasetId'), render: (_, one) => <code>{one.id}</code> },
        { ...sortedBy('department'), title: say('department'), render: (_, one) => name(one.department) },
        { title: say('sharing'), render: (_, one) => say(sharingWords[one.sharing.type]) },
        { title: say('mode'), render: (_, one) => say(one.mode) },
        {
          title: say('linked'),
          render: (_, one) => say(one.linked ? 'linkedSince' : 'notLinked'),
        },
        { title: say('dsState'), render: (_, one) => <State state={one.standing} /> },
      ]}
    />
  );
}
