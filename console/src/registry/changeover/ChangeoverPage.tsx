import { useState, type ReactNode } from 'react';
import { get, type Schemas } from '../../api/call.ts';
import { useAnswer } from '../../api/useAnswer.ts';
import { Facts } from '../../parts/Facts.tsx';
import { Link } from '../../parts/Link.tsx';
import { Page } from '../../parts/Page.tsx';
import { Person } from '../../parts/Person.tsx';
import { PrintButton } from '../../parts/PrintButton.tsx';
import { State } from '../../parts/State.tsx';
import { useAct } from '../../parts/useAct.ts';
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
  const { session, turn } = useSession();
  const { what } = useRoute();
  const [dataset = ''] = what;
  const of = useAnswer(`${dataset} ${turn}`, () => get('/v1/datasets/{dataset}', { at: { dataset } }));
  const under = of.value?.changeover;
  // only the provider and the data office may see its progress and what it stops; others see the target version
  const mayRead = hasRoleFor(session, readers, of.value?.dataset.department);
  const answer = useAnswer(`changeover ${dataset} ${String(mayRead)} ${under?.to ?? ''} ${turn}`, () =>
    under !== undefined && mayRead
      ? get('/v1/datasets/{dataset}/changeover', { at: { dataset } })
      : Promise.resolve(undefined),
  );
  const doing = useAct();
  // after the switch, or when it is abandoned, the hub has no changeover any more: the answer to the act is shown here
  const [acted, setActed] = useState<View>();
  const view = acted ?? answer.value;
  const detail = of.value?.dataset;
  return (
    <Page
      title={`${say('changeovers')} · ${detail === undefined ? dataset : pick(detail.title)}`}
      lead={say('coLead')}
      error={doing.error ?? answer.error ?? of.error}
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
        <>
          <p role="status">{say('coNone')}</p>
          {hasRoleFor(session, ['steward', 'operator'], detail.department) ? (
            <BeginChangeover dataset={detail} doing={doing} begun={setActed} />
          ) : null}
        </>
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
