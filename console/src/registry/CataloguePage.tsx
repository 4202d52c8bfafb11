import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { Link } from '../parts/Link.tsx';
import { List, placeIn, sortedBy } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { shellWord } from '../../../terms/shellWord.ts';
import { addressOf, useRoute, type Route } from '../route.ts';
import { hasDepartment, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { sharingWords } from '../words/sharingWords.ts';
import { DataLists, NewDatasetLink } from './DataLists.tsx';

type Found = Schemas['CatalogueList']['entries'][number];
/** Update intervals of an entry, the shortest first. */
export const frequencies = [
  'realtime',
  'hourly',
  'daily',
  'weekly',
  'monthly',
  'quarterly',
  'half-yearly',
  'yearly',
  'irregular',
] as const;
const classes = ['general', 'important'] as const;

/** The catalogue, the best matches first; a request for data starts here. */
export function CataloguePage(): ReactNode {
  const { say, pick, when } = useWords();
  const { session, turn } = useSession();
  const { filter } = useRoute();
  const { name } = useDepartments();
  const asked = askedIn(filter);
  const { q } = asked;
  const { sort, ...place } = placeIn(filter);
  // what matches words is in the order of the match
  const order = q === '' ? { sort } : {};
  const query = { ...asked, ...place, ...order };
  const answer = useAnswer(`${JSON.stringify(query)} ${turn}`, () => get('/v1/catalogue', { query }));
  const isNarrowed = Object.values(asked).some((one) => one !== '');
  const unlisted = answer.value?.unlisted ?? [];
  const mayAsk = hasDepartment(session, ['steward']);
  return (
    <Page
      title={say('catalogue')}
      lead={say('catLead')}
      error={answer.error}
      cli={`npx datong catalogue search ${q === '' ? 'WORDS' : shellWord(q)}`}
      actions={
        <>
          {mayAsk ? <Link to={addressOf('demands', ['new'])}>{say('dmNotThere')}</Link> : null}
          <NewDatasetLink />
        </>
      }
    >
      <DataLists current="catalogue" />
      <CatalogueFilters />
      <List<Found>
        label={say('catalogue')}
        rows={answer.value?.entries}
        keyOf={({ id }) => id}
        answer={answer}
        empty={say(unlisted.length > 0 ? 'catOnlyUnlisted' : isNarrowed ? 'catNothing' : 'catEmpty')}
        page={answer.value}
        usualSort="id"
        columns={[
          {
            ...(q === '' ? sortedBy('title') : undefined),
            title: say('catTitle'),
            render: (_, one) => (
              <>
                <Link to={addressOf('catalogue', [one.id])}>{pick(one.title)}</Link>
                <br />
                <code className="muted">{one.id}</code>
              </>
            ),
          },
          {
            ...(q === '' ? sortedBy('department') : undefined),
            title: say('provider'),
            render: (_, one) => name(one.department),
          },
          { title: say('sharing'), render: (_, one) => say(sharingWords[one.sharing]) },
          { title: say('catFrequency'), render: (_, one) => say(`uf_${one.updateFrequency}`) },
          {
            title: say('linked'),
            render: (_, one) => (one.datasets.length === 0 ? say('notLinked') : say('linkedSince')),
          },
          { title: say('catUpdated'), render: (_, one) => when(one.updatedAt) || '—' },
          {
            title: say('actions'),
            render: (_, one) =>
              !mayAsk || one.sharing === 'none' || one.datasets[0] === undefined ? (
                '—'
              ) : (
                <Link
                  to={addressOf('requests', ['new'], { dataset: one.datasets[0] })}
                  label={say('catAskFor', { name: pick(one.title) })}
                >
                  {say('catAsk')}
                </Link>
              ),
          },
        ]}
      />
      {unlisted.length === 0 ? null : <Unlisted of={unlisted} />}
    </Page>
  );
}

/** What the address asks for; empty texts ask for everything. */
function askedIn(
  filter: Route['filter'],
): Record<'q' | 'department' | 'sharing' | 'frequency' | 'class' | 'linking', string> {
  const {
    q = '',
    department = '',
    sharing = '',
    frequency = '',
    class: dataClass = '',
    linking = '',
  } = filter;
  return { q, department, sharing, frequency, class: dataClass, linking };
}

function CatalogueFilters(): ReactNode {
  const { say } = useWords();
  const { options } = useDepartments();
  return (
    <div className="filters">
      <Choice name="department" label={say('department')} all={say('allDepartments')} options={options} />
      <Choice
        name="sharing"
        label={say('sharing')}
        all={say('allSharing')}
        options={(['unconditional', 'conditional', 'none'] as const).map((value) => ({
          value,
          text: say(sharingWords[value]),
        }))}
      />
      <Choice
        name="frequency"
        label={say('catFrequency')}
        all={say('catAllFrequencies')}
        options={frequencies.map((value) => ({ value, text: say(`uf_${value}`) }))}
      />
      <Choice
        name="class"
        label={say('catClass')}
        all={say('catAllClasses')}
        options={classes.map((value) => ({ value, text: say(`dc_${value}`) }))}
      />
      <Choice
        name="linking"
        label={say('linked')}
        all={say('catAllLinking')}
        options={(['linked', 'awaited'] as const).map((value) => ({ value, text: say(`ln_${value}`) }))}
      />
    </div>
  );
}

/** Datasets that match the words but have no entry in the catalogue. */
function Unlisted({ of }: { readonly of: NonNullable<Schemas['CatalogueList']['unlisted']> }): ReactNode {
  const { say, pick } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  return (
    <section className="card" aria-label={say('catUnlisted')}>
      <h2>{say('catUnlisted')}</h2>
      <ul className="plain">
        {of.map(({ dataset, title, department, sharing }) => (
          <li key={dataset}>
            <Link to={addressOf('datasets', [dataset])}>{pick(title)}</Link>{' '}
            <code className="muted">{dataset}</code>
            {say('pointOpen')}
            {name(department)}
            {say('pointSemicolon')}
            {say(sharingWords[sharing])}
            {say('pointClose')}{' '}
            {sharing === 'none' || !hasDepartment(session, ['steward']) ? null : (
              <Link
                to={addressOf('requests', ['new'], { dataset })}
                label={say('catAskFor', { name: pick(title) })}
              >
                {say('catAsk')}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}
