import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

/** 值域代码: the code lists that are registered; each opens who uses it. */
export function CodeListsPage(): ReactNode {
  const { say, pick, when, number } = useWords();
  return (
    <ListPage
      title={say('codes')}
      lead={say('usLead')}
      cli="npx datong uses code-list ID"
      filters={[]}
      ask={({ cursor }) => get('/v1/code-lists', { query: { cursor } })}
      rowsOf={(answer): readonly Schemas['CodeListView'][] => answer.codeLists}
      keyOf={({ id, version }) => `${id}@${version}`}
      empty={say('usEmpty')}
      columns={[
        {
          title: say('catTitle'),
          render: (_, one) => <Link to={addressOf('codes', [one.id])}>{pick(one.title)}</Link>,
        },
        { title: say('codeName'), render: (_, one) => <code>{one.id}</code> },
        { title: say('version'), render: (_, one) => one.version },
        { title: say('usCodes'), align: 'right', render: (_, one) => number(one.codes) },
        { title: say('registered'), render: (_, one) => when(one.registeredAt) },
      ]}
    />
  );
}
