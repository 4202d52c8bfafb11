import { Alert, Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { State, isWord } from '../parts/State.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRoleFor, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { TrySandbox, triesFor } from '../dataset/TrySandbox.tsx';
import { CellTable } from './CellTable.tsx';
import { Simulation } from '../registry/Simulation.tsx';
import { AnswerGap } from './AnswerGap.tsx';
import { UnionList } from './UnionList.tsx';
import { AgreementClock } from './AgreementClock.tsx';
import { AgreementSample } from './AgreementSample.tsx';
import { AgreementSentences } from './AgreementSentences.tsx';
import { AgreementSigning } from './AgreementSigning.tsx';
import { AgreementUse } from './AgreementUse.tsx';
import { AgreementStops } from './AgreementStops.tsx';
import { useAct, type Act } from '../parts/useAct.ts';
import { NewAgreementPage } from '../requests/NewAgreementPage.tsx';
import { consumerOf, type Wanted } from '../requests/wanted.ts';
import { Person } from '../parts/Person.tsx';

/** One version of an agreement; or a new one. */
export function AgreementPage(): ReactNode {
  const { what } = useRoute();
  return what[0] === 'new' ? <NewAgreementPage /> : <OneAgreement />;
}

/** One version of an agreement: its text, its signers, what it loosens today; and the second person's decision. */
function OneAgreement(): ReactNode {
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { what } = useRoute();
  const [id = '', version = ''] = what;
  const answer = useAnswer(`${id} ${version} ${turn}`, () =>
    get('/v1/policy/documents/{document}/versions/{version}', { at: { document: id, version } }),
  );
  const approving = useAct();
  const doing = useAct();
  const view = answer.value;
  const wanted = view === undefined ? undefined : agreementIn(view);
  return (
    <Page
      title={[pick(titleIn(view?.text)), `${id}@${version}`].filter((one) => one !== '').join(' · ')}
      error={approving.error ?? doing.error ?? answer.error}
      cli={approving.error === undefined ? `npx datong policy show ${id}` : `npx datong review approve ${id}`}
      actions={
        <>
          <Link to={addressOf('agreements')}>{say('back')}</Link>
          <Button onClick={() => window.print()}>{say('print')}</Button>
        </>
      }
    >
      {view === undefined ? null : (
        <>
          {wanted === undefined ? null : <AgreementSentences wanted={wanted} />}
          {view.kind === 'Agreement' && view.state !== 'submitted' ? <AgreementUse id={id} /> : null}
          <AgreementClock view={view} valid={wanted?.valid} now={Date.now()} />
          <AgreementFacts view={view} />
          <Effect view={view} />
          {wanted === undefined ? null : <AgreementSample view={view} wanted={wanted} />}
          {wanted === undefined ? null : <Trial view={view} wanted={wanted} />}
          <AgreementSigning view={view} doing={doing} again={answer.again} />
          <SimulatedEffect view={view} />
          <Approval view={view} doing={approving} again={answer.again} />
          <AgreementStops view={view} doing={doing} again={answer.again} />
          <section className="card no-print">
            <h2>{say('text')}</h2>
            <pre className="long" tabIndex={0}>
              {readable(view.text)}
            </pre>
          </section>
        </>
      )}
    </Page>
  );
}

/** Its state, its persons and signers, and the digests that an approval names. */
function AgreementFacts({ view }: { readonly view: Schemas['PolicyDocumentView'] }): ReactNode {
  const { say } = useWords();
  const { name } = useDepartments();
  return (
    <section className="card">
      <dl className="facts">
        {(
          [
            ['state', <State key="state" state={view.state} />],
            ['author', <Person key="author" id={view.author} name={view.authorName} />],
            [
              'signers',
              view.signatures
                .map(
                  ({ role, department, person }) =>
                    `${name(department)}${say('pointOpen')}${isWord(role) ? say(role) : role}${person === undefined ? '' : `${say('pointComma')}${say('byMandate', { person })}`}${say('pointClose')}`,
                )
                .join(say('pointList')) || say('none'),
            ],
            [
              'missingSigners',
              (view.missing ?? []).map((code) => name(code)).join(say('pointList')) || say('none'),
            ],
            ['digest', <code key="digest">{view.digest}</code>],
            ['effectDigest', <code key="effect">{view.effect.digest}</code>],
          ] as const
        ).map(([word, value]) => (
          <div key={word}>
            <dt>{say(word)}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

/** What it loosens and tightens today. */
function Effect({ view }: { readonly view: Schemas['PolicyDocumentView'] }): ReactNode {
  const { say } = useWords();
  const { loosens, tightens, unions, gap } = view.effect;
  return (
    <section className="card">
      <h2>{say('loosens')}</h2>
      {loosens.length === 0 ? (
        <p>{say('loosensNone')}</p>
      ) : (
        <CellTable label={say('loosens')} cells={loosens} loosened />
      )}
      {tightens.length === 0 ? null : (
        <>
          <h2>{say('tightens')}</h2>
          <CellTable label={say('tightens')} cells={tightens} />
        </>
      )}
      <UnionList unions={unions} />
      {view.state === 'submitted' ? <AnswerGap gap={gap} /> : null}
    </section>
  );
}

/** What would change if the submitted document took effect now. */
function SimulatedEffect({ view }: { readonly view: Schemas['PolicyDocumentView'] }): ReactNode {
  const { say } = useWords();
  if (view.state !== 'submitted') return null;
  return (
    <section className="card no-print">
      <h2>{say('smTitle')}</h2>
      <p className="muted">{say('smLead')}</p>
      <Simulation document={() => JSON.parse(view.text) as Schemas['PolicyDocument']} />
    </section>
  );
}

/** A trial on invented rows under an agreement in force, for persons of the consumer. */
function Trial(props: { readonly view: Schemas['PolicyDocumentView']; readonly wanted: Wanted }): ReactNode {
  const { view, wanted } = props;
  const session = useSession();
  const department = consumerOf(wanted);
  if (view.state !== 'active' || !triesFor(session, department)) return null;
  const choices = wanted.grants.flatMap(({ dataset }) =>
    wanted.purposes.map((purpose) => ({ dataset, agreement: wanted.id, purpose })),
  );
  return <TrySandbox department={department} choices={choices} />;
}

/**
 * Two clicks: agree, and confirm. The approval names the digests shown on this page. Offered to those who decide for the provider, not to the
 * author, and once every party has signed.
 */
function Approval(props: {
  readonly view: Schemas['PolicyDocumentView'];
  readonly doing: Act;
  readonly again: () => void;
}): ReactNode {
  const { view, doing, again } = props;
  const { say } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  const [asked, setAsked] = useState(false);
  const [done, setDone] = useState(false);
  if (done) return <Alert role="status" type="success" showIcon title={say('approved')} />;
  const { provider } = JSON.parse(view.text) as { readonly provider?: string };
  if (view.state !== 'submitted' || !hasRoleFor(session, ['steward', 'security'], provider)) return null;
  const missing = view.missing ?? [];
  const note =
    view.author === session.person
      ? say('approveOwn')
      : missing.length > 0
        ? say('approveAfterSigning', { who: missing.map(name).join(say('pointList')) })
        : undefined;
  if (note !== undefined)
    return (
      <p className="card no-print" role="note">
        {note}
      </p>
    );
  const approve = (): void => {
    const at = { document: view.id, version: String(view.version) };
    const body = { digest: view.digest, effect: view.effect.digest };
    doing.act(
      (key) => post('/v1/policy/documents/{document}/versions/{version}/approval', body, { at, key }),
      () => {
        setDone(true);
        again();
      },
    );
  };
  return (
    <section className="card no-print">
      <h2>{say('approve')}</h2>
      <p>{say('approveLead')}</p>
      <div className="row-form">
        <Button type="primary" disabled={asked} onClick={() => setAsked(true)}>
          {say('approve')}
        </Button>
        {asked ? (
          <>
            <Button type="primary" danger autoFocus disabled={doing.sending} onClick={approve}>
              {say('approveSure')}
            </Button>
            <Button onClick={() => setAsked(false)}>{say('back')}</Button>
          </>
        ) : null}
      </div>
    </section>
  );
}

function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}

/** The title that the document itself has. */
function titleIn(text: string | undefined): { readonly zh: string; readonly en: string } | undefined {
  const document: unknown = text === undefined ? undefined : JSON.parse(text);
  if (typeof document !== 'object' || document === null || !('title' in document)) return undefined;
  const { title } = document as { title: { zh: string; en: string } };
  return title;
}

/** An agreement's own text; of a restriction there is no row to show. */
const agreementIn = ({ kind, text }: Schemas['PolicyDocumentView']): Wanted | undefined =>
  kind === 'Agreement' ? (JSON.parse(text) as Wanted) : undefined;
