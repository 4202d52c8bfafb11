import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAreas } from '../casework/useAreas.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { AreaMap } from '../casework/AreaMap.tsx';
import { Link } from '../parts/Link.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { State } from '../parts/State.tsx';
import { addressOf, useRoute } from '../route.ts';
import { Page } from '../parts/Page.tsx';
import { useSession } from '../session.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useWords } from '../words/words.ts';

type Kind = 'code-list' | 'element' | 'schema';
type Use = Schemas['UseList']['uses'][number];

/** 谁在用: schema versions that contain it, and the readers of their datasets, as far as the user may see them; each is a link. */
export function Uses({ kind, name }: { readonly kind: Kind; readonly name: string }): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const answer = useAnswer(`uses ${kind} ${name} ${turn}`, async () => {
    const pages: Schemas['UseList'][] = [];
    const uses = await everyPage(
      async (cursor) => {
        const page = await get('/v1/uses/{kind}/{name}', {
          at: { kind, name },
          query: cursor === '' ? {} : { cursor },
        });
        pages.push(page);
        return page;
      },
      (page) => page.uses,
    );
    return { ...pages[0], uses };
  });
  const found = answer.value;
  if (answer.error !== undefined)
    return (
      <section className="card">
        <h2>{say('usWho')}</h2>
        <Refusal error={answer.error} cli={`npx datong schema uses ${kind} ${name}`} />
      </section>
    );
  if (found === undefined) return null;
  const { mappings = [], restrictions = [], supplements = [], supplementTo = [] } = found;
  const besides = mappings.length + restrictions.length + supplements.length + supplementTo.length;
  return (
    <section className="card" aria-label={say('usWho')}>
      <h2>{say('usWho')}</h2>
      {found.uses.length + besides === 0 ? <p role="status">{say('scUnused')}</p> : null}
      {found.uses.map((use) => (
        <OneUse key={use.schema} of={use} />
      ))}
      {besides === 0 ? null : (
        <ul className="plain">
          <Mappings of={mappings} />
          <Documents called={say('usRestrictions')} of={restrictions} />
          <Lists called={say('usSupplements')} of={supplements} />
          <Lists called={say('usSupplementTo')} of={supplementTo} />
        </ul>
      )}
    </section>
  );
}

function OneUse({ of }: { readonly of: Use }): ReactNode {
  const { say } = useWords();
  const [name = '', version = ''] = of.schema.split(':').slice(2);
  return (
    <>
      <h3>
        <Link to={addressOf('schemas', [name, version])}>{`${name} ${version}`}</Link>{' '}
        <State state={of.state} />
      </h3>
      <ul className="plain">
        {of.places.length === 0 ? null : (
          <li>
            {say('usPlaces')}
            {say('pointColon')}
            <code>{of.places.join(' ')}</code>
          </li>
        )}
        {of.datasets.map((id) => (
          <li key={id}>
            {say('dataset')}
            {say('pointColon')}
            <Link to={addressOf('datasets', [id])}>
              <DatasetTitles ids={[id]} />
            </Link>
          </li>
        ))}
        <Mappings of={of.mappings} />
        <Documents called={say('scAgreements')} of={of.agreements} />
        {of.requests.map((id) => (
          <li key={id}>
            {say('usRequests')}
            {say('pointColon')}
            <Link to={addressOf('requests', [id])}>{id}</Link>
          </li>
        ))}
        <Documents called={say('usRestrictions')} of={of.restrictions} />
      </ul>
    </>
  );
}

/** Each opens the dataset that it fills. */
function Mappings({ of }: { readonly of: readonly string[] }): ReactNode {
  const { say } = useWords();
  return of.map((one) => (
    <li key={one}>
      {say('scMappings')}
      {say('pointColon')}
      <Link to={addressOf('datasets', [one.split(' ')[0] ?? ''])}>{one}</Link>
    </li>
  ));
}

function Documents(props: { readonly called: string; readonly of: Schemas['DocumentsNamed'] }): ReactNode {
  const { say } = useWords();
  return props.of.map(({ document, state }) => (
    <li key={document}>
      {props.called}
      {say('pointColon')}
      <Link to={addressOf('agreements', document.split('@'))}>{document}</Link> <State state={state} />
    </li>
  ));
}

function Lists({ called, of }: { readonly called: string; readonly of: readonly string[] }): ReactNode {
  const { say } = useWords();
  return of.map((one) => (
    <li key={one}>
      {called}
      {say('pointColon')}
      <Link to={addressOf('codes', [one.split('@')[0] ?? ''])}>{one}</Link>
    </li>
  ));
}

/** One code list: its versions, and who uses it. */
export function CodeListPage(): ReactNode {
  const { say, pick, when, number } = useWords();
  const { turn } = useSession();
  const [id = ''] = useRoute().what;
  const answer = useAnswer(`code-list ${id} ${turn}`, () => get('/v1/code-lists', { query: { id } }));
  const { shipped = [], codeLists = [] } = answer.value ?? {};
  const versions = [...shipped.map((one) => ({ ...one, registeredAt: undefined })), ...codeLists];
  return (
    <Page
      title={`${pick(versions.at(-1)?.title)} ${id}`.trim()}
      error={answer.error}
      cli={`npx datong schema uses code-list ${id}`}
      actions={<Link to={addressOf('codes')}>{say('back')}</Link>}
    >
      <section className="card">
        <h2>{say('version')}</h2>
        <ul className="plain">
          {versions.map((one) => (
            <li key={one.version}>
              {one.version} · {number(one.codes)} {say('usCodes')} ·{' '}
              {one.registeredAt === undefined ? say('usShipped') : when(one.registeredAt)}
              {one.source === undefined ? '' : ` · ${one.source}`}
            </li>
          ))}
        </ul>
        {answer.value !== undefined && versions.length === 0 ? <p role="status">{say('usNotHere')}</p> : null}
      </section>
      <Areas list={id} />
      <Uses key={id} kind="code-list" name={id} />
    </Page>
  );
}

/** Outlines of the newest version, if it has any. */
function Areas({ list }: { readonly list: string }): ReactNode {
  const { say, pick } = useWords();
  const features = useAreas(true, list);
  if (features.length === 0) return null;
  return (
    <section className="card">
      <h2>{say('cwAreas')}</h2>
      <AreaMap label={say('cwAreas')} areas={features} />
      <ul className="plain">
        {features.map(({ properties: { code, zh, en = zh } }) => (
          <li key={code}>
            <code>{code}</code> {pick({ zh, en })}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** One element (数据元): who uses it. */
export function ElementPage(): ReactNode {
  const { say } = useWords();
  const [element = ''] = useRoute().what;
  return (
    <Page
      title={`${say('srElement')} ${element}`}
      actions={<Link to={addressOf('sources')}>{say('back')}</Link>}
    >
      <Uses key={element} kind="element" name={element} />
    </Page>
  );
}
