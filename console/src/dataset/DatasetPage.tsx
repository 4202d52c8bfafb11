import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { State } from '../parts/State.tsx';
import { AmendDataset } from '../registry/AmendDataset.tsx';
import { FieldsOf } from '../registry/FieldsOf.tsx';
import { LinkingEntries } from '../registry/LinkingEntries.tsx';
import { NewDatasetPage } from '../registry/newDataset/NewDatasetPage.tsx';
import { RetirementAhead, RetirementCard } from '../registry/RetirementCard.tsx';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, hasRoleFor, mayRegister, readers, stewardDepartments, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { CasesCard } from './CasesCard.tsx';
import { DatasetHead } from './DatasetHead.tsx';
import { QualityCard } from './QualityCard.tsx';
import { SampleTable } from './SampleTable.tsx';
import { Submissions } from './Submissions.tsx';
import { amends, readsBatches, tabNamed, tabsOf, type Tab } from './tabs.ts';
import { hasTwin } from './TrySandbox.tsx';
import { UsedBy } from './UsedBy.tsx';
import './dataset.css';

/** One dataset; or a new one. */
export function DatasetPage(): ReactNode {
  const { what } = useRoute();
  return what[0] === 'new' ? <NewDatasetPage /> : <OneDataset />;
}

/** Everything about one dataset: its head, and a tab for each question. */
function OneDataset(): ReactNode {
  const { say, pick } = useWords();
  const { session, turn } = useSession();
  const { what, filter } = useRoute();
  const [id = ''] = what;
  const answer = useAnswer(`${id} ${turn}`, () => get('/v1/datasets/{dataset}', { at: { dataset: id } }));
  const detail = answer.value;
  const may = detail === undefined ? [] : tabsOf(session, detail.dataset);
  const tab = tabNamed(filter['tab'], may);
  return (
    <Page
      title={detail === undefined ? id : pick(detail.dataset.title)}
      error={answer.error}
      cli={`npx datong dataset show ${id}`}
      actions={
        <>
          <Link to={addressOf('datasets')}>{say('back')}</Link>
          {detail === undefined ? null : <DatasetLinks dataset={detail.dataset} />}
          <PrintButton />
        </>
      }
    >
      {detail === undefined ? null : <Tabs detail={detail} may={may} tab={tab} again={answer.again} />}
    </Page>
  );
}

function Tabs(props: {
  readonly detail: Schemas['DatasetDetail'];
  readonly may: readonly Tab[];
  readonly tab: Tab | undefined;
  readonly again: () => void;
}): ReactNode {
  const { detail, may, tab, again } = props;
  const { dataset } = detail;
  const { id } = dataset;
  const { say } = useWords();
  const { session, turn } = useSession();
  const quality = useAnswer(`quality ${id} ${turn}`, () =>
    readsBatches(session, dataset)
      ? get('/v1/datasets/{dataset}/quality', { at: { dataset: id } })
      : Promise.resolve(undefined),
  );
  return (
    <>
      <DatasetHead detail={detail} explained={may.includes('quality')} />
      <RetirementAhead detail={detail} />
      <nav className="tabs no-print" aria-label={say('dtTabs')}>
        {may.map((one) => (
          <Link
            key={one}
            stay
            current={one === tab}
            to={addressOf('datasets', [id], one === may[0] ? {} : { tab: one })}
          >
            {say(`dt_${one}`)}
          </Link>
        ))}
      </nav>
      {tab === undefined ? (
        <p className="card" role="status">
          {say('dtNotYours')}
        </p>
      ) : (
        <Shown tab={tab} detail={detail} quality={quality} again={again} />
      )}
    </>
  );
}

function Shown(props: {
  readonly tab: Tab;
  readonly detail: Schemas['DatasetDetail'];
  readonly quality: Answered<Schemas['Quality'] | undefined>;
  readonly again: () => void;
}): ReactNode {
  const { tab, detail, quality, again } = props;
  const { say } = useWords();
  const { session } = useSession();
  const { dataset } = detail;
  switch (tab) {
    case 'overview':
      return <Overview detail={detail} />;
    case 'fields':
      return <Fields schema={dataset.schema} />;
    case 'sample':
      return <SampleTable dataset={dataset} />;
    case 'quality':
      return (
        <>
          <Refusal error={quality.error} cli={`npx datong batch quality ${dataset.id}`} />
          {quality.value === undefined ? null : (
            <QualityCard quality={quality.value} schema={dataset.schema} />
          )}
        </>
      );
    case 'uses':
      return <UsedBy detail={detail} />;
    case 'submissions':
      return <Submissions detail={detail} />;
    case 'settings':
      return dataset.state === 'retired' ? (
        <p className="card" role="status">
          {say('dtRetired')}
        </p>
      ) : (
        <>
          {amends(session, dataset) ? <AmendDataset dataset={dataset} done={again} /> : null}
          <RetirementCard key={detail.retirement?.digest ?? ''} detail={detail} changed={again} />
        </>
      );
  }
}

/** How it is registered and shared, and how its cases are worked on. */
function Overview({ detail }: { readonly detail: Schemas['DatasetDetail'] }): ReactNode {
  const { say, when } = useWords();
  const { session } = useSession();
  const { dataset, changeover } = detail;
  const { id, department, sharing } = dataset;
  const [name = '', version = ''] = dataset.schema.split(':').slice(2);
  return (
    <>
      <section className="card">
        <Facts
          of={[
            [say('conditions'), sharing.conditions ?? say('none')],
            [say('catEntries'), <LinkingEntries key="entries" dataset={dataset} />],
            [say('mode'), say(dataset.mode)],
            [say('linked'), say(dataset.linked ? 'linkedSince' : 'notLinked')],
            [
              say('schema'),
              <Link key="schema" to={addressOf('schemas', [name, version])}>
                <span title={dataset.schema}>{`${name} ${version}`}</span>
              </Link>,
            ],
            [
              say('changingTo'),
              <span key="changing">
                {changeover === undefined ? (
                  say('none')
                ) : (
                  <>
                    <code>{changeover.to}</code>{' '}
                    <State state={changeover.stage === 'waiting' ? 'unfilled' : changeover.stage} />
                  </>
                )}{' '}
                {hasRoleFor(session, readers, department) ? (
                  <Link to={addressOf('changeovers', [id])}>{say('changeovers')}</Link>
                ) : null}
              </span>,
            ],
            [say('registered'), when(dataset.registeredAt)],
          ]}
        />
        {hasTwin(dataset) ? (
          <CommandLine label={say('tryLine')} line={`npx datong rows sandbox show ${id}`} />
        ) : null}
      </section>
      <CasesCard dataset={dataset} />
    </>
  );
}

/** The fields of the version that the dataset is bound to. */
function Fields({ schema }: { readonly schema: string }): ReactNode {
  const { turn } = useSession();
  const answer = useAnswer(`fields ${schema} ${turn}`, () => get('/v1/schemas/{schema}', { at: { schema } }));
  return (
    <>
      <Refusal error={answer.error} cli={asCall('GET /v1/schemas/{schema}', { at: { schema } })} />
      {answer.value === undefined ? null : <FieldsOf document={answer.value.document} />}
    </>
  );
}

/** The main act is to request the dataset, or for its department to enter it in the catalogue. */
function DatasetLinks({ dataset }: { readonly dataset: Schemas['DatasetView'] }): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  const { id, department } = dataset;
  const isPublished = dataset.state === 'published';
  const requests =
    isPublished &&
    dataset.sharing.type !== 'none' &&
    stewardDepartments(session).some((one) => one !== department);
  return (
    <>
      {hasRole(session, ['steward']) ? (
        <Link to={addressOf('tickets', ['new'], { dataset: id })}>{say('tkNew')}</Link>
      ) : null}
      {isPublished && mayRegister(session, department) && dataset.entries.length === 0 ? (
        <Link button to={addressOf('catalogue', ['new'], { dataset: id })}>
          {say('neNew')}
        </Link>
      ) : null}
      {requests ? (
        <Link button to={addressOf('requests', ['new'], { dataset: id })}>
          {say('catAsk')}
        </Link>
      ) : null}
    </>
  );
}
