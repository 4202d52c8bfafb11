import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

type Unit = Schemas['DestructionPage']['destructions'][number];

/** Units of destroyed entries, as log entries record them. */
export function DestroyedPage(): ReactNode {
  const { say, when, number } = useWords();
  return (
    <ListPage
      title={say('dsTitle')}
      lead={say('dsLead')}
      cli="npx datong audit verify"
      actions={<Link to={addressOf('retention')}>{say('back')}</Link>}
      filters={[]}
      ask={async ({ cursor }) => {
        const { destructions, next } = await get('/v1/log/destructions', { query: { from: cursor } });
        return { destructions, ...(next === undefined ? {} : { nextCursor: String(next) }) };
      }}
      rowsOf={({ destructions }) => destructions}
      keyOf={({ first }) => String(first)}
      empty={say('dsEmpty')}
      columns={[
        { title: say('dsUnit'), render: (_, { first, last }: Unit) => say('hdEntries', { first, last }) },
        { title: say('dsWent'), align: 'right', render: (_, one) => number(one.entries) },
        { title: say('dsStays'), align: 'right', render: (_, one) => number(one.stays.length) },
        { title: say('dsRules'), render: (_, one) => one.rules },
        { title: say('dsNewest'), render: (_, one) => when(one.newest) },
        { title: say('when'), render: (_, one) => when(one.at) },
        { title: say('dsFile'), render: (_, one) => <span className="digest">{one.sha256}</span> },
        {
          title: say('dsEntry'),
          render: (_, { index }) =>
            index === undefined ? '—' : <Link to={addressOf('audit', [String(index)])}>{index}</Link>,
        },
      ]}
    />
  );
}
