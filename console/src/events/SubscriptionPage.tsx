import { Alert, Button, Table } from 'antd';
import { useState, type ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Facts } from '../parts/Facts.tsx';
import { labelled } from '../parts/labelled.ts';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { useUndo } from '../parts/undo.ts';
import { useAct, type Act } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { WithDatasets } from '../parts/WithDatasets.tsx';
import { usePurposes } from '../requests/usePurposes.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRoleAt, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { DeadLetters } from './DeadLetters.tsx';
import { LiveEvents } from './LiveEvents.tsx';
import { lagText, SinkState, troubleText } from './SinkState.tsx';

type Subscription = Schemas['Subscription'];

/** One subscription: its state, what its consumer may do about deliveries, and its dead letters. */
export function SubscriptionPage(): ReactNode {
  const { say } = useWords();
  const { turn, session } = useSession();
  const { all } = useDepartments();
  const { what } = useRoute();
  const [subscription = ''] = what;
  const query = { subscription };
  const answer = useAnswer(`subscription ${subscription} ${turn}`, () => get('/v1/subscriptions', { query }));
  const doing = useAct();
  const view = answer.value?.subscriptions[0];
  const isOffice = all.some(({ code, dataOffice }) => code === view?.department && dataOffice);
  const isRole = (...roles: Parameters<typeof hasRoleAt>[1]): boolean =>
    view?.state === 'active' && hasRoleAt(session, roles, isOffice ? undefined : view.department);
  const mayAct = isRole('steward', 'security');
  return (
    <Page
      title={say('sbTitle')}
      error={doing.error ?? answer.error}
      cli={asCall('GET /v1/subscriptions', { query })}
      actions={<Link to={addressOf('topics')}>{say('back')}</Link>}
    >
      {answer.value !== undefined && view === undefined ? <p role="status">{say('sbNotFound')}</p> : null}
      {view === undefined ? null : (
        <>
          <SubscriptionFacts view={view} />
          {mayAct && view.sink !== undefined ? (
            <SinkActs view={view} sink={view.sink} doing={doing} done={answer.again} />
          ) : null}
          {view.sink === undefined ? (
            <>
              <p>{say('sbPullHint')}</p>
              {isRole('steward', 'clerk') && view.topics === undefined ? (
                <LiveEvents key={view.id} subscription={view.id} />
              ) : null}
            </>
          ) : (
            <DeadLetters view={view} mayAct={mayAct} doing={doing} done={answer.again} />
          )}
        </>
      )}
    </Page>
  );
}

const titlesOf = (types: readonly string[]): ReactNode =>
  types.length === 0 ? undefined : <WithDatasets ids={types} text={(titles) => titles} />;

function SubscriptionFacts({ view }: { readonly view: Subscription }): ReactNode {
  const { say, when, number } = useWords();
  const { name } = useDepartments();
  const purposes = usePurposes();
  const { sink } = view;
  return (
    <section className="card">
      <Facts
        of={[
          [say('state'), <SinkState key="state" of={view} />],
          [say('sbOf'), name(view.department)],
          [say('oePublisher'), view.publisher === undefined ? undefined : name(view.publisher)],
          [say('tpTopic'), <code key="topic">{view.topic}</code>],
          [say('tpTypes'), titlesOf(view.types)],
          [say('sbAgreement'), view.agreement],
          [say('sbPurpose'), purposes.name(view.purpose)],
          [say('sbHost'), sink?.host],
          [say('sbLag'), lagText(view, { say, number })],
          [say('sbLast'), sink?.lastDelivered === undefined ? undefined : when(sink.lastDelivered)],
          [say('sbFailing'), sink?.failingSince === undefined ? undefined : when(sink.failingSince)],
          [say('sbSince'), when(view.createdAt)],
          [say('sbId'), <code key="id">{view.id}</code>],
        ]}
      />
      {view.topics === undefined ? null : <MatchedTopics of={view.topics} />}
      {view.topics !== undefined && (view.matched ?? 0) > view.topics.length ? (
        <p role="note">
          {say('sbMatchedFirst', { shown: view.topics.length, all: number(view.matched ?? 0) })}
        </p>
      ) : null}
      {view.filtered ? <p className="muted">{say('sbFiltered')}</p> : null}
    </section>
  );
}

/** Topics that a pattern matches now, and why one of them delivers nothing. */
function MatchedTopics({ of }: { readonly of: NonNullable<Subscription['topics']> }): ReactNode {
  const { say } = useWords();
  const { name } = useDepartments();
  type Matched = (typeof of)[number];
  return (
    <Table<Matched>
      aria-label={say('sbMatched')}
      title={() => say('sbMatched')}
      size="small"
      pagination={false}
      rowKey={({ topic }) => topic}
      dataSource={of}
      columns={labelled<Matched>([
        { title: say('tpTopic'), render: (_, { topic }) => <code>{topic}</code> },
        { title: say('oePublisher'), render: (_, { publisher }) => name(publisher) },
        {
          title: say('tpTypes'),
          render: (_, { types }) => titlesOf(types),
        },
        {
          title: say('state'),
          render: (_, { refusal }) =>
            refusal === undefined ? say('sbDelivers') : say('sbDeliversNothing', { code: refusal }),
        },
      ])}
    />
  );
}

/** Pause, resume, test, and a new secret, for the consumer. */
function SinkActs(props: {
  readonly view: Subscription;
  readonly sink: Schemas['SinkView'];
  readonly doing: Act;
  readonly done: () => void;
}): ReactNode {
  const { view, sink, doing, done } = props;
  const { say } = useWords();
  const [tested, setTested] = useState<Schemas['SinkChanged']['test']>();
  const [rotated, setRotated] = useState<Schemas['SecretRotated']>();
  const offerUndo = useUndo();
  const at = { subscription: view.id };
  const change = (act: Schemas['SinkAct']['act']): void =>
    doing.act(
      () => post('/v1/subscriptions/{subscription}/sink', { act }, { at }),
      ({ test }) => {
        setTested(test);
        done();
        if (act !== 'pause') return;
        const cli = `npx datong event sink resume ${view.id} --as ${view.department}`;
        offerUndo({
          text: say('undoSink'),
          undo: () => post('/v1/subscriptions/{subscription}/sink', { act: 'resume' }, { at }),
          cli,
          undone: done,
        });
      },
    );
  return (
    <section className="card no-print" aria-label={say('rqAct')}>
      <h2>{say('rqAct')}</h2>
      <div className="row-form">
        {sink.state === 'paused' ? (
          <Button type="primary" disabled={doing.sending} onClick={() => change('resume')}>
            {say('sbResume')}
          </Button>
        ) : (
          <>
            <TwoSteps
              danger
              label={say('sbPause')}
              sure={say('sbPauseSure')}
              disabled={doing.sending}
              act={() => change('pause')}
            />
            {sink.state === 'failing' ? (
              <Button disabled={doing.sending} onClick={() => change('resume')}>
                {say('sbRetry')}
              </Button>
            ) : null}
          </>
        )}
        <Button disabled={doing.sending} onClick={() => change('test')}>
          {say('sbTest')}
        </Button>
        <TwoSteps
          danger
          label={say('sbRotate')}
          sure={say('sbRotateSure')}
          disabled={doing.sending}
          act={() =>
            doing.act(
              () => post('/v1/subscriptions/{subscription}/secret', {}, { at }),
              (answer) => {
                setRotated(answer);
                done();
              },
            )
          }
        />
      </div>
      {tested === undefined ? null : <TestOutcome of={tested} />}
      {rotated === undefined ? null : <NewSecret of={rotated} />}
    </section>
  );
}

function TestOutcome({ of }: { readonly of: NonNullable<Schemas['SinkChanged']['test']> }): ReactNode {
  const { say, pick } = useWords();
  const { sent, taken, trouble } = of;
  return (
    <Alert
      role="status"
      showIcon
      type={taken ? 'success' : 'error'}
      title={say(taken ? 'sbTaken' : 'sbNotTaken', { what: say(`sbSent_${sent}`) })}
      description={trouble === undefined ? undefined : troubleText(trouble, { pick, say })}
    />
  );
}

/** Shown once: it is in no address and not stored. */
function NewSecret({ of }: { readonly of: Schemas['SecretRotated'] }): ReactNode {
  const { say, when } = useWords();
  return (
    <Alert
      role="status"
      showIcon
      type="warning"
      title={say('sbSecret', { until: when(of.formerUntil) })}
      description={<code>{of.secret}</code>}
    />
  );
}
