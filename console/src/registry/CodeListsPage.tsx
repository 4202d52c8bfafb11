import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

type Row = Schemas['ShippedCodeList'] & Partial<Pick<Schemas['CodeListView'], 'registeredAt'>>;

/** 值域代码: the code lists of the product and the registered ones; each opens its users. */
export function CodeListsPage(): ReactNode {
  const { say, pick, when, number } = useWords();
  return (
    <ListPage
      title={say('codes')}
      lead={say('usLead')}
      cli="npx datong schema uses code-list ID"
      search={{ label: say('codeName'), hint: say('usWhole') }}
      filters={[]}
      ask={({ q }, place) => get('/v1/code-lists', { query: { id: q, ...place } })}
      rowsOf={({ shipped = [], codeLists }): readonly Row[] => [...shipped, ...codeLists]}
      usualSort="id"
      keyOf={({ id, version }) => `${id}@${version}`}
      empty={say('usEmpty')}
      columns={[
        {
          ...sortedBy('title'),
          title: say('catTitle'),
          render: (_, one) => <Link to={addressOf('codes', [one.id])}>{pick(one.title)}</Link>,
        },
        { ...sortedBy('id'), title: say('codeName'), render: (_, one) => <code>{one.id}</code> },
        { title: say('version'), render: (_, one) => one.version },
        { title: say('usCodes'), align: 'right', render: (_, one) => number(one.codes) },
        {
          ...sortedBy('registered'),
          title: say('registered'),
          render: (_, one) => (one.registeredAt === undefined ? say('usShipped') : when(one.registeredAt)),
        },
      ]}
    />
  );
}
