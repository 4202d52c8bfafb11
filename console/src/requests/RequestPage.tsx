import { Button } from 'antd';
import type { ReactNode } from 'react';
import { datasetsNamedIn } from '../../../terms/requestForm/saidAgreement.ts';
import { asCall } from '../api/asCall.ts';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Facts } from '../parts/Facts.tsx';
import { AnswerGap } from '../pages/AnswerGap.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useAct } from '../parts/useAct.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { Acts } from './Acts.tsx';
import { ApprovalForm, useNames, WholeRequest } from './ApprovalForm.tsx';
import { Due } from './Due.tsx';
import { FieldGrid } from './FieldGrid.tsx';
import { History } from './History.tsx';
import { HoldPaper } from './HoldPaper.tsx';
import { NewRequestPage } from './NewRequestPage.tsx';
import { Sentence } from './Sentence.tsx';
import { Stages } from './Stages.tsx';
import { usePurposes } from './usePurposes.ts';
import { documentOf, wantedIn, type Wanted } from './wanted.ts';

/** A request: a one-sentence summary, its fields, its progress, and the acts of the person whose turn it is. */
export function RequestPage(): ReactNode {
  const { what } = useRoute();
  return what[0] === 'new' ? <NewRequestPage /> : <OneRequest id={what[0] ?? ''} />;
}

function OneRequest({ id }: { readonly id: string }): ReactNode {
  const { say, pick } = useWords();
  const { session, turn } = useSession();
  const answer = useAnswer(`${id} ${turn}`, () => get('/v1/requests/{request}', { at: { request: id } }));
  const doing = useAct();
  const { name: purposeName } = usePurposes();
  const view = answer.value;
  const nameOf = useNames(datasetsNamedIn(view?.document), purposeName);
  return (
    <Page
      title={view === undefined ? id : `${pick(view.title) || view.agreement} · ${view.id}`}
      error={doing.error ?? answer.error}
      cli={
        doing.error === undefined ? `npx datong request show ${id}` : `npx datong request answer ${id} --help`
      }
      actions={
        <>
          <Link to={addressOf('requests')}>{say('back')}</Link>
          {hasRole(session, ['steward']) && view !== undefined ? (
            <Link to={addressOf('templates', ['new'], { from: id })}>{say('rtKeep')}</Link>
          ) : null}
          <Button onClick={() => window.print()}>{say('print')}</Button>
        </>
      }
    >
      {view === undefined ? null : (
        <>
          <div className="no-print">
            <Stages view={view} />
            <Summary view={view} purposeName={purposeName} />
            <Acts key={view.events.length} view={view} doing={doing} again={answer.again} />
            <Grids wanted={wantedIn(view.document)} open={isOpen(view)} />
            <WholeRequest view={view} nameOf={nameOf} />
            <HoldPaper view={view} />
            <History view={view} />
          </div>
          <ApprovalForm view={view} nameOf={nameOf} />
        </>
      )}
    </Page>
  );
}

export interface InPlaceProps {
  readonly id: string;
  /** called when an act has taken effect */
  readonly done: () => void;
}

/** The part of a request that a decision needs, within another page. */
export function RequestInPlace({ id, done }: InPlaceProps): ReactNode {
  const { turn } = useSession();
  const answer = useAnswer(`${id} ${turn}`, () => get('/v1/requests/{request}', { at: { request: id } }));
  const doing = useAct();
  const { name: purposeName } = usePurposes();
  const view = answer.value;
  return (
    <>
      <Refusal
        error={doing.error ?? answer.error}
        cli={
          doing.error === undefined
            ? `npx datong request show ${id}`
            : `npx datong request answer ${id} --help`
        }
      />
      {view === undefined ? null : (
        <>
          <Summary view={view} purposeName={purposeName} />
          <Grids wanted={wantedIn(view.document)} open={isOpen(view)} />
          <Acts
            key={view.events.length}
            view={view}
            doing={doing}
            again={() => {
              // after an act that leaves the item in the list, its text is the new one
              answer.again();
              done();
            }}
          />
        </>
      )}
    </>
  );
}

function Summary({
  view,
  purposeName,
}: {
  readonly view: Schemas['RequestView'];
  readonly purposeName: (code: string) => string;
}): ReactNode {
  const { say } = useWords();
  const { name } = useDepartments();
  const [agreement, version] = view.agreement.split('@');
  const written = view.state === 'approved' || view.state === 'granted';
  return (
    <section className="card">
      <Sentence view={view} purposeName={purposeName} />
      <Facts
        of={[
          [
            say('state'),
            <span key="state" className="state">
              {say(`rq_${view.state}`)}
            </span>,
          ],
          [say('rqDue'), <Due key="due" of={view} />],
          [say('rqExtension'), view.extension === 'none' ? undefined : say(`rqExt_${view.extension}`)],
          [say('rqAssigned'), assignedIn(view)],
          [say('rqReason'), view.papers.reason],
          [say('rqVolume'), view.papers.volume],
          [say('rqCommitmentDigest'), <code key="digest">{view.papers.commitment}</code>],
        ]}
      />
      {view.state === 'refused' ? (
        <p className="no-print">
          <Link to={addressOf('disputes', ['new'], { about: view.id })}>{say('dpRaiseAbout')}</Link>
        </p>
      ) : null}
      {written ? (
        <>
          <Link to={addressOf('agreements', [agreement ?? '', version ?? ''])}>{say('rqToAgreement')}</Link>
          {view.state === 'approved' ? (
            <CommandLine
              label={say('rqSignNext', {
                who: `${name(view.consumer)}${say('pointList')}${name(view.provider)}`,
              })}
              line={`npx datong request show ${view.id} --document > agreed.yaml && npx datong catalogue apply agreed.yaml --sign-as DEPARTMENT`}
            />
          ) : null}
        </>
      ) : null}
    </section>
  );
}

/** The person to whom the stage was handed on, by name where they have acted here. */
const assignedIn = ({ assigned, events }: Schemas['RequestView']): string | undefined =>
  events.find(({ person }) => person === assigned)?.name ?? assigned;

const isOpen = ({ state }: Schemas['RequestView']): boolean =>
  state === 'reviewing' || state === 'returned' || state === 'offered';

/** Field by field; until the decision, also what would be loosened if it took effect now. */
function Grids({ wanted, open }: { readonly wanted: Wanted; readonly open: boolean }): ReactNode {
  const { say } = useWords();
  const { session, turn } = useSession();
  const asked = open && hasRole(session, ['operator', 'steward', 'security', 'auditor']);
  const tried = useAnswer(`${JSON.stringify(wanted)} ${turn} ${asked}`, async () =>
    asked ? post('/v1/policy/trials', { document: documentOf(wanted) }) : undefined,
  );
  const loosens = tried.value?.loosens ?? [];
  return (
    <section className="card">
      <h2>{say('rqGrid')}</h2>
      <Refusal
        error={tried.error}
        cli={asCall('POST /v1/policy/trials', {}, { document: documentOf(wanted) })}
      />
      {wanted.grants.map(({ dataset, fields, reasons = {} }, at) => (
        <div key={at}>
          <h3>
            <Link to={addressOf('datasets', [dataset])}>
              <DatasetTitles ids={[dataset]} />
            </Link>
          </h3>
          <FieldGrid
            dataset={dataset}
            rules={fields}
            reasons={reasons}
            loosened={new Set(loosens.filter((one) => one.dataset === dataset).map(({ cell }) => cell))}
          />
        </div>
      ))}
      {loosens.length === 0 ? null : <p className="muted">{say('rqLoosensNote')}</p>}
      <AnswerGap gap={tried.value?.gap} />
    </section>
  );
}
