import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';

/** Who of the staff looked into the log, the newest first: auditors too. */
export function ReadsPage(): ReactNode {
  const { say, when } = useWords();
  const { name } = useDepartments();
  return (
    <ListPage
      title={say('reads')}
      lead={say('readsLead')}
      cli="npx datong audit reads --as security"
      filters={[]}
      ask={({ cursor }) => get('/v1/log/reads', { query: { cursor } })}
      rowsOf={({ reads }): readonly Schemas['LogRead'][] => reads}
      keyOf={({ exchange }) => exchange}
      empty={say('readsEmpty')}
      columns={[
        { title: say('readsAt'), render: (_, one) => when(one.at) },
        { title: say('person'), render: (_, one) => one.personName ?? one.person },
        {
          title: say('department'),
          render: (_, one) => (one.department === undefined ? '—' : name(one.department)),
        },
        { title: say('operation'), render: (_, one) => <code>{one.operation}</code> },
        { title: say('readsBy'), render: (_, one) => one.by ?? '—' },
        { title: say('readsCase'), render: (_, one) => one.case ?? '—' },
        { title: say('readsReason'), render: (_, one) => one.reason ?? '—' },
        {
          title: say('entry'),
          render: (_, one) => <Link to={addressOf('audit', [one.exchange])}>{String(one.index)}</Link>,
        },
      ]}
    />
  );
}
