import { useState, type ReactNode } from 'react';
import { get, type Schemas } from '../../api/call.ts';
import { useAnswer } from '../../api/useAnswer.ts';
import { Facts } from '../../parts/Facts.tsx';
import { Link } from '../../parts/Link.tsx';
import { Page } from '../../parts/Page.tsx';
import { Person } from '../../parts/Person.tsx';
import { PrintButton } from '../../parts/PrintButton.tsx';
import { State } from '../../parts/State.tsx';
import { useAct, type Act } from '../../parts/useAct.ts';
import { useDepartments } from '../../parts/useDepartments.ts';
import { addressOf, useRoute } from '../../route.ts';
import { hasRoleFor, readers, useSession } from '../../session.ts';
import { useWords } from '../../words/words.ts';
import { BeginChangeover } from './BeginChangeover.tsx';
import { ChangeoverActs } from './ChangeoverActs.tsx';

type View = Schemas['Changeover'];

/** Changeover of a dataset to another major version of its schema: begun, examined, agreed to or abandoned. */
export function ChangeoverPage(): ReactNode {
  const { say, pick } = useWords();
  const { what } = useRoute();
  const [dataset = ''] = what;
  const { detail, under, mayRead, progress, error } = useChangeover(dataset);
  const doing = useAct();
  // after the switch, or when it is abandoned, the hub has no changeover any more: the answer to the act is shown here
  const [acted, setActed] = useState<View>();
  const view = acted ?? progress;
  return (
    <Page
      title={`${say('changeovers')} · ${detail === undefined ? dataset : pick(detail.title)}`}
      lead={say('coLead')}
      error={doing.error ?? error}
      cli={`npx datong dataset changeover ${dataset}`}
      actions={
        <>
          <Link to={addressOf('datasets', [dataset])}>{say('back')}</Link>
          <PrintButton />
        </>
      }
    >
      {under === undefined || mayRead ? null : <Destination {...under} />}
      {detail === undefined || under !== undefined || view !== undefined ? null : (
        <NoChangeover dataset={detail} doing={doing} begun={setActed} />
      )}
      {view === undefined ? null : (
        <>
          <Progress view={view} />
          <Stops view={view} />
          <Loosens view={view} />
          <ChangeoverActs
            key={`${view.digest ?? ''} ${view.approver ?? ''}`}
            view={view}
            provider={detail?.department}
            doing={doing}
            done={setActed}
          />
        </>
      )}
    </Page>
  );
}

interface Read {
  readonly detail: Schemas['DatasetView'] | undefined;
  /** the changeover that is under way, as every reader of the dataset sees it */
  readonly under: Schemas['DatasetDetail']['changeover'];
  readonly mayRead: boolean;
  /** undefined until it is read, and for those who may not read it */
  readonly progress: View | undefined;
  readonly error: unknown;
}

/** Only the provider and the data office may see its progress and what it stops; others see the target version. */
function useChangeover(dataset: string): Read {
  const { session, turn } = useSession();
  const of = useAnswer(`${dataset} ${turn}`, () => get('/v1/datasets/{dataset}', { at: { dataset } }));
  const { dataset: detail, changeover: under } = of.value ?? {};
  const mayRead = hasRoleFor(session, readers, detail?.department);
  const answer = useAnswer(`changeover ${dataset} ${String(mayRead)} ${under?.to ?? ''} ${turn}`, () =>
    under !== undefined && mayRead
      ? get('/v1/datasets/{dataset}/changeover', { at: { dataset } })
      : Promise.resolve(undefined),
  );
  return { detail, under, mayRead, progress: answer.value, error: answer.error ?? of.error };
}

/** None is under way; who may register for the provider can begin one. */
function NoChangeover(props: {
  readonly dataset: Schemas['DatasetView'];
  readonly doing: Act;
  readonly begun: (view: View) => void;
}): ReactNode {
  const { dataset, doing, begun } = props;
  const { say } = useWords();
  const { session } = useSession();
  return (
    <>
      <p role="status">{say('coNone')}</p>
      {hasRoleFor(session, ['steward', 'operator'], dataset.department) ? (
        <BeginChangeover dataset={dataset} doing={doing} begun={begun} />
      ) : null}
    </>
  );
}

function Destination({ to, stage }: NonNullable<Schemas['DatasetDetail']['changeover']>): ReactNode {
  const { say } = useWords();
  return (
    <section className="card">
      <Facts
        of={[
          [say('coTo'), <code key="to">{to}</code>],
          [say('state'), <State key="state" state={stage === 'waiting' ? 'unfilled' : stage} />],
        ]}
      />
    </section>
  );
}

function Progress({ view }: { readonly view: View }): ReactNode {
  const { say, number, day } = useWords();
  const person = (id: string | undefined): ReactNode =>
    id === undefined ? undefined : <Person key={id} id={id} name={undefined} />;
  const stage = view.stage === 'waiting' ? 'unfilled' : view.stage;
  const numbers: readonly (readonly [string, ReactNode])[] = [
    [
      say('coBytes'),
      view.bytes === undefined || view.ofBytes === undefined
        ? undefined
        : `${number(view.bytes)} / ${number(view.ofBytes)}`,
    ],
    [say('coRows'), view.rows === undefined ? undefined : number(view.rows)],
    [say('coBad'), view.bad === undefined ? undefined : number(view.bad)],
    [say('coRowsNow'), view.rowsNow === undefined ? undefined : number(view.rowsNow)],
  ];
  return (
    <section className="card">
      <Facts
        of={[
          [say('datasetId'), <code key="dataset">{view.dataset}</code>],
          [say('coFrom'), <code key="from">{view.from}</code>],
          [say('coTo'), <code key="to">{view.to}</code>],
          [
            say('state'),
            <State key="state" state={view.state === 'open' ? (stage ?? view.state) : view.state} />,
          ],
          ...numbers,
          [say('coProblem'), view.problem === undefined ? undefined : <code key="why">{view.problem}</code>],
          [say('coSunset'), day(view.sunset) || undefined],
          [say('mappings'), view.mappings.join(say('pointList'))],
          [say('coReads'), view.rowsBy],
          [say('coLeft'), view.left.join(say('pointList'))],
          [say('whyReason'), view.reason],
          [say('author'), person(view.author)],
          [say('approver'), person(view.approver)],
          [say('r_security'), person(view.officer)],
        ]}
      />
    </section>
  );
}

function Stops({ view }: { readonly view: View }): ReactNode {
  const { say } = useWords();
  const { name } = useDepartments();
  if (view.state !== 'open') return null;
  return (
    <section className="card">
      <h2>{say('coStops')}</h2>
      {view.stops.length === 0 ? (
        <p role="status">{say('coStopsNone')}</p>
      ) : (
        <ul>
          {view.stops.map(({ agreement, consumer }) => (
            <li key={agreement}>
              <Link to={addressOf('agreements', agreement.split('@'))}>{agreement}</Link> {name(consumer)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The loosened cells that the security officer agrees to. */
function Loosens({ view }: { readonly view: View }): ReactNode {
  const { say, pick } = useWords();
  if (view.state !== 'open') return null;
  return (
    <section className="card">
      <h2>{say('coLoosens')}</h2>
      {view.loosens.length === 0 ? (
        <p role="status">{say('coLoosensNone')}</p>
      ) : (
        <ul>
          {view.loosens.map(({ pointer, code, against, message, from, to }) => (
            <li key={`${pointer} ${code} ${against}`}>
              <code>{pointer}</code> {message === undefined ? `${from ?? '—'} → ${to ?? '—'}` : pick(message)}{' '}
              <small className="muted">{against}</small>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
