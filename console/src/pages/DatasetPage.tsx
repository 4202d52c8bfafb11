import { Button, Table } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { State } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { LinkingEntries } from '../registry/LinkingEntries.tsx';
import { AmendDataset } from '../registry/AmendDataset.tsx';
import { addressOf, useRoute } from '../route.ts';
import {
  hasRole,
  hasRoleAt,
  hasRoleFor,
  mayRegister,
  readers,
  stewardDepartments,
  useSession,
} from '../session.ts';
import { useWords } from '../words/words.ts';
import { sharingWords } from './DatasetsPage.tsx';
import { ReadingsCard } from '../rows/ReadingsCard.tsx';
import { NewDatasetPage } from '../registry/newDataset/NewDatasetPage.tsx';
import { PeriodsCard } from '../registry/PeriodsCard.tsx';
import { RetirementCard } from '../registry/RetirementCard.tsx';
import { CasesCard } from './CasesCard.tsx';
import { QualityCard } from './QualityCard.tsx';
import { SampleTable } from './SampleTable.tsx';
import { holdsRows } from '../parts/holdsRows.ts';

/** One dataset; or a new one. */
export function DatasetPage(): ReactNode {
  const { what } = useRoute();
  return what[0] === 'new' ? <NewDatasetPage /> : <OneDataset />;
}

/** One dataset: its description, the data that a department would receive, and its users. */
function OneDataset(): ReactNode {
  const { say, pick, when } = useWords();
  const { session, turn } = useSession();
  const reads = hasRole(session, readers);
  const { what } = useRoute();
  const { name } = useDepartments();
  const [id = ''] = what;
  const [times, setTimes] = useState(0);
  const answer = useAnswer(`${id} ${turn} ${times}`, () =>
    get('/v1/datasets/{dataset}', { at: { dataset: id } }),
  );
  const used = useAnswer(`used ${id} ${turn}`, () =>
    reads
      ? get('/v1/policy/documents', { query: { dataset: id, kind: 'Agreement' } })
      : Promise.resolve(undefined),
  );
  const { dataset, changeover, mappings = [] } = answer.value ?? {};
  const [mapping] = mappings;
  return (
    <Page
      title={dataset === undefined ? id : pick(dataset.title)}
      error={answer.error}
      cli={`npx datong dataset show ${id}`}
      actions={
        <>
          <Link to={addressOf('datasets')}>{say('back')}</Link>
          {dataset === undefined ? null : <DatasetLinks dataset={dataset} />}
          <Button onClick={() => window.print()}>{say('print')}</Button>
        </>
      }
    >
      {dataset === undefined ? null : (
        <>
          <section className="card">
            <dl className="facts">
              {(
                [
                  ['datasetId', <code key="id">{dataset.id}</code>],
                  ['provider', name(dataset.department)],
                  ['sharing', say(sharingWords[dataset.sharing.type])],
                  ['conditions', dataset.sharing.conditions ?? say('none')],
                  ['catEntries', <LinkingEntries key="catEntries" dataset={dataset} />],
                  ['mode', say(dataset.mode)],
                  ['linked', say(dataset.linked ? 'linkedSince' : 'notLinked')],
                  ['dsState', <State key="state" state={dataset.standing} />],
                  ['schema', <code key="schema">{dataset.schema}</code>],
                  [
                    'changingTo',
                    changeover === undefined ? (
                      say('none')
                    ) : (
                      <span key="changingTo">
                        <code>{changeover.to}</code>{' '}
                        <State state={changeover.stage === 'waiting' ? 'unfilled' : changeover.stage} />
                      </span>
                    ),
                  ],
                  ['registered', when(dataset.registeredAt)],
                  [
                    'mappings',
                    mappings.length === 0
                      ? say('noMappings')
                      : mappings.map((one) => `${one.name}@${one.version}`).join(say('pointList')),
                  ],
                ] as const
              ).map(([word, value]) => (
                <div key={word}>
                  <dt>{say(word)}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
            {mapping === undefined ? null : (
              <CommandLine
                label={say('sendLine')}
                line={`npx datong send FILE --as ${dataset.department} --dataset ${id} --mapping ${mapping.name}`}
              />
            )}
            {dataset.state === 'published' && dataset.sharing.type !== 'none' ? (
              <CommandLine label={say('tryLine')} line={`npx datong rows sandbox show ${id}`} />
            ) : null}
          </section>
          {dataset.state !== 'retired' && hasRoleAt(session, ['steward'], dataset.department) ? (
            <AmendDataset dataset={dataset} done={answer.again} />
          ) : null}
          <PeriodsCard detail={{ ...answer.value, dataset, mappings }} />
          <RetirementCard
            key={answer.value?.retirement?.digest ?? ''}
            detail={{ ...answer.value, dataset, mappings }}
            changed={() => setTimes(times + 1)}
          />
          <ReadingsCard dataset={dataset} />
          <SampleTable dataset={id} />
          {!holdsRows(dataset) ? null : <QualityCard dataset={dataset} />}
          <CasesCard dataset={dataset} />
          {reads ? (
            <section className="card">
              <h2>{say('usedBy')}</h2>
              <Table
                aria-label={say('usedBy')}
                size="small"
                pagination={false}
                rowKey={(one) => `${one.id}@${one.version}`}
                dataSource={used.value?.documents ?? []}
                locale={{ emptyText: say('agreementsEmpty') }}
                columns={[
                  {
                    title: say('agreement'),
                    render: (_, one) => (
                      <Link
                        to={addressOf('agreements', [one.id, String(one.version)])}
                      >{`${one.id}@${one.version}`}</Link>
                    ),
                  },
                  { title: say('consumer'), render: (_, one) => name(one.consumer) },
                  { title: say('state'), render: (_, one) => <State state={one.state} /> },
                ]}
              />
            </section>
          ) : null}
        </>
      )}
    </Page>
  );
}

/** What the person may do with a dataset on other pages; its main act is to request it, or for its department to enter it in the catalogue. */
function DatasetLinks({ dataset }: { readonly dataset: Schemas['DatasetView'] }): ReactNode {
  const { say } = useWords();
  const { session } = useSession();
  const { id, department } = dataset;
  const registers = dataset.state === 'published' && mayRegister(session, department);
  const requests =
    dataset.state === 'published' &&
    dataset.sharing.type !== 'none' &&
    stewardDepartments(session).some((one) => one !== department);
  return (
    <>
      {hasRole(session, ['steward']) ? (
        <Link to={addressOf('tickets', ['new'], { dataset: id })}>{say('tkNew')}</Link>
      ) : null}
      {hasRoleFor(session, readers, department) ? (
        <Link to={addressOf('changeovers', [id])}>{say('changeovers')}</Link>
      ) : null}
      {holdsRows(dataset) && hasRoleAt(session, ['steward', 'clerk'], department) ? (
        <Link to={addressOf('bykey', [id])}>{say('bykey')}</Link>
      ) : null}
      {registers ? <Link to={addressOf('agreements', ['new'], { dataset: id })}>{say('naNew')}</Link> : null}
      {registers && dataset.entries.length === 0 ? (
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
