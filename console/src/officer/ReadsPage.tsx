import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { MissingNote } from '../parts/MissingNote.tsx';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';
import { moment } from './question.ts';
import { useStaffActivity } from './useStaffActivity.tsx';

/** Staff who read the log, the newest access first; auditors included. */
export function ReadsPage(): ReactNode {
  const { say, when } = useWords();
  const { person, filters, days, columns } = useStaffActivity<Schemas['LogRead']>('reads');
  return (
    <ListPage
      title={say('reads')}
      lead={say('readsLead')}
      cli="npx datong audit reads --as security"
      filters={filters}
      days={days}
      ask={({ from = '', until = '', cursor }) =>
        get('/v1/log/reads', {
          query: { person, from: moment(from), until: moment(until, true), cursor },
        })
      }
      rowsOf={({ reads }): readonly Schemas['LogRead'][] => reads}
      keyOf={({ exchange }) => exchange}
      empty={say('readsEmpty')}
      note={(answer) => <MissingNote of={answer} />}
      columns={[
        { title: say('readsAt'), render: (_, one) => when(one.at) },
        ...columns,
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
