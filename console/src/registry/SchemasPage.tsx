import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { Link } from '../parts/Link.tsx';
import { List, placeIn, sortedBy } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { SearchBox } from '../parts/SearchBox.tsx';
import { State } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

const states = ['draft', 'inReview', 'published', 'deprecated', 'retired'] as const;

/** Versions of schemas, by name and version. */
export function SchemasPage(): ReactNode {
  const { say, pick, when, number } = useWords();
  const { session, turn } = useSession();
  const { filter } = useRoute();
  const { name } = useDepartments();
  const { q = '', state = '' } = filter;
  // the hub does not search for a single letter
  const query = { q: [...q].length < 2 ? '' : q, state, ...placeIn(filter) };
  const answer = useAnswer(`${JSON.stringify(query)} ${turn}`, () => get('/v1/schemas', { query }));
  return (
    <Page
      title={say('schemas')}
      lead={say('scLead')}
      error={answer.error}
      cli="npx datong schema search TEXT"
      actions={
        hasRole(session, ['steward', 'operator']) ? (
          <Link to={addressOf('schemas', ['new'])}>{say('scNew')}</Link>
        ) : null
      }
    >
      <SearchBox label={say('scSearch')} hint={say('scWords')} />
      <div className="filters">
        <Choice
          name="state"
          label={say('state')}
          all={say('allStates')}
          options={states.map((value) => ({ value, text: say(`st_${value}`) }))}
        />
      </div>
      <List<Schemas['SchemaView']>
        label={say('schemas')}
        rows={answer.value?.schemas}
        usualSort="name"
        keyOf={({ urn }) => urn}
        answer={answer}
        empty={say('scEmpty')}
        page={answer.value}
        columns={[
          {
            title: say('catTitle'),
            render: (_, one) => (
              <Link to={addressOf('schemas', [one.name, one.version])}>
                {pick(one.title)} {one.version}
              </Link>
            ),
          },
          { ...sortedBy('name'), title: say('codeName'), render: (_, one) => <code>{one.urn}</code> },
          { ...sortedBy('owner'), title: say('scOwner'), render: (_, one) => name(one.owner) },
          { title: say('scCount'), align: 'right', render: (_, one) => number(one.fields) },
          { title: say('state'), render: (_, one) => <State state={one.state} /> },
          { ...sortedBy('registered'), title: say('registered'), render: (_, one) => when(one.registeredAt) },
        ]}
      />
    </Page>
  );
}
