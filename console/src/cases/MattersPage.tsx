import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** The data office's register of matters: what people apply for, and which papers are replaced by data. */
export function MattersPage(): ReactNode {
  const { say, pick, number } = useWords();
  const { session } = useSession();
  const { options, name } = useDepartments();
  return (
    <ListPage
      title={say('matters')}
      lead={say('mtLead')}
      cli="npx datong catalogue matter list WORDS"
      actions={
        hasRole(session, ['steward', 'operator']) ? (
          <Link button to={addressOf('matters', ['new'])}>
            {say('mtNew')}
          </Link>
        ) : null
      }
      search={{ label: say('mtSearch'), hint: say('mtWords') }}
      filters={[
        { name: 'department', label: say('mtHandledBy'), all: say('allDepartments'), options },
        {
          name: 'state',
          label: say('state'),
          all: say('allStates'),
          options: (['current', 'ended'] as const).map((value) => ({ value, text: say(`mt_${value}`) })),
        },
      ]}
      ask={({ q = '', department, state }, place) =>
        get('/v1/matters', { query: { q, department, state, ...place } })
      }
      rowsOf={({ matters }) => matters}
      keyOf={({ code }) => code}
      empty={say('mtEmpty')}
      columns={[
        {
          ...sortedBy('title'),
          title: say('mtTitle'),
          render: (_, one: Schemas['MatterView']) => (
            <Link to={addressOf('matters', [one.code])}>{pick(one.title)}</Link>
          ),
        },
        { title: say('mtImplementation'), render: (_, one) => <code>{one.implementationCode}</code> },
        { title: say('mtHandledBy'), render: (_, one) => one.departments.map(name).join(say('pointList')) },
        { title: say('mtMaterials'), align: 'right', render: (_, one) => number(one.materials.length) },
        {
          title: say('mtReplaced'),
          align: 'right',
          render: (_, one) => number(one.materials.filter(({ fields }) => fields.length > 0).length),
        },
        {
          title: say('state'),
          render: (_, one) => (
            <span className="state">{say(one.ended === undefined ? 'mt_current' : 'mt_ended')}</span>
          ),
        },
      ]}
    />
  );
}
