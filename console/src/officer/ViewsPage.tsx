import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';
import { useStaffActivity } from './useStaffActivity.tsx';

/** How often staff called reads without personal data, the newest day first. */
export function ViewsPage(): ReactNode {
  const { say, day } = useWords();
  const { person, filters, days, columns } = useStaffActivity<Schemas['ViewCount']>('views');
  return (
    <ListPage
      title={say('views')}
      lead={say('viewsLead')}
      cli="npx datong audit views --as security"
      filters={filters}
      days={days}
      ask={({ from, until }, place) => get('/v1/log/views', { query: { person, from, until, ...place } })}
      usualSort="-day"
      rowsOf={({ counts }): readonly Schemas['ViewCount'][] => counts}
      keyOf={(one) => `${one.day} ${one.person} ${one.operation}`}
      empty={say('viewsEmpty')}
      columns={[
        { ...sortedBy('day'), title: say('viewsDay'), render: (_, one) => day(one.day) },
        ...columns,
        { title: say('viewsCount'), align: 'right', render: (_, one) => one.views },
        { title: say('entry'), render: (_, one) => <LoggedIn of={one} /> },
      ]}
    />
  );
}

function LoggedIn({ of: { entry, altered } }: { readonly of: Schemas['ViewCount'] }): ReactNode {
  const { say } = useWords();
  if (altered === true) return <strong>{say('viewsAltered')}</strong>;
  if (entry === undefined) return say('viewsOpen');
  return <Link to={addressOf('audit', [entry])}>{say('viewsLogged')}</Link>;
}
