import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { sortedBy } from '../parts/List.tsx';
import { ListPage } from '../parts/ListPage.tsx';
import { addressOf } from '../route.ts';
import { useWords } from '../words/words.ts';
import { TemplateState } from './TemplateState.tsx';
import { usePurposes } from './usePurposes.ts';

/** The data office's templates for requests of departments. */
export function TemplatesPage(): ReactNode {
  const { say, pick, number } = useWords();
  const { name } = usePurposes();
  return (
    <ListPage
      title={say('templates')}
      lead={say('rtLead')}
      cli="npx datong request template list"
      filters={[
        {
          name: 'state',
          label: say('state'),
          all: say('allStates'),
          options: (['current', 'withdrawn'] as const).map((value) => ({ value, text: say(`rt_${value}`) })),
        },
      ]}
      ask={({ state }, place) => get('/v1/request-templates', { query: { state, ...place } })}
      rowsOf={({ templates }) => templates}
      keyOf={({ code }) => code}
      empty={say('rtEmpty')}
      columns={[
        {
          ...sortedBy('title'),
          title: say('rtTitle'),
          render: (_, one: Schemas['RequestTemplateView']) => (
            <Link to={addressOf('templates', [one.code])}>{pick(one.title)}</Link>
          ),
        },
        {
          title: say('dataset'),
          render: (_, one) => (
            <span className="digest">{one.grants.map(({ dataset }) => dataset).join(' ')}</span>
          ),
        },
        { title: say('rqPurpose'), render: (_, one) => one.purposes.map(name).join(say('pointList')) },
        { title: say('rtDays'), align: 'right', render: (_, one) => number(one.days) },
        { title: say('state'), render: (_, one) => <TemplateState of={one} /> },
      ]}
    />
  );
}
