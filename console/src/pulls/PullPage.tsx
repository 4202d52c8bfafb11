import { Alert, Button, Empty } from 'antd';
import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Facts } from '../parts/Facts.tsx';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { Person } from '../parts/Person.tsx';
import { ProblemText } from '../parts/ProblemText.tsx';
import { State } from '../parts/State.tsx';
import { TextField } from '../parts/TextField.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { useAct, type Act } from '../parts/useAct.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRoleAt, hasRoleFor, useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { PausePull } from './PausePull.tsx';
import { RunOutcome } from './RunOutcome.tsx';
import { useSchedule } from './useSchedule.ts';

type Shown = Schemas['PullShown'];
type Done = 'plAsked' | 'plEnded' | 'plPaused' | 'plResumed';

/** The source, schedule and last runs of the pull that fills one dataset. */
export function PullPage(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { what } = useRoute();
  const [dataset = ''] = what;
  const answer = useAnswer(`${dataset} ${turn}`, () =>
    get('/v1/datasets/{dataset}/pull', { at: { dataset } }),
  );
  const doing = useAct();
  const [done, setDone] = useState<Done>();
  const shown = answer.value;
  return (
    <Page
      title={`${say('pulls')} · ${dataset}`}
      error={doing.error ?? answer.error}
      cli={`npx datong dataset pull ${doing.error === undefined ? `show ${dataset}` : '--help'}`}
      actions={
        <>
          <Link to={addressOf('pulls')}>{say('back')}</Link>
          <Button onClick={answer.again} disabled={done === 'plEnded'}>
            {say('plRefresh')}
          </Button>
        </>
      }
    >
      {done === undefined ? null : <Alert role="status" type="success" showIcon title={say(done)} />}
      {shown === undefined ? null : (
        <>
          {done === 'plEnded' ? null : <Trouble of={shown} />}
          <Source shown={shown} />
          {done === 'plEnded' ? null : (
            <PullActs
              {...{ dataset, pause: shown.pause, doing }}
              done={(what) => {
                setDone(what);
                if (what !== 'plEnded') answer.again();
              }}
            />
          )}
          <Runs of={shown.runs} />
        </>
      )}
    </Page>
  );
}

/** What the newest run met, and when the next is due. */
function Trouble({ of: { runs, nextRunAt, pause } }: { readonly of: Shown }): ReactNode {
  const { say, when } = useWords();
  const [last] = runs;
  if (last?.problem === undefined) return null;
  return (
    <Alert
      role="note"
      type="error"
      showIcon
      title={say('plTrouble', { at: when(last.endedAt ?? last.begunAt) })}
      description={
        <>
          <p>
            <ProblemText code={last.problem} />{' '}
            {last.outcome === 'read' && last.batch !== undefined ? (
              <Link to={addressOf('held', [last.batch])}>{say('plBatch')}</Link>
            ) : null}
          </p>
          <p>
            {nextRunAt === undefined ? say('plNoNext') : say('plNext', { at: when(nextRunAt) })}{' '}
            {pause === undefined ? say('plTroubleNote') : null}
          </p>
        </>
      }
    />
  );
}

const usualPorts = { postgres: 5432, mysql: 3306 } as const;

function Source({ shown }: { readonly shown: Shown }): ReactNode {
  const { say, when, day } = useWords();
  const schedule = useSchedule();
  const { pull, pause } = shown;
  const { system = 'postgres', host, port = usualPorts[system], database, user } = pull.source;
  return (
    <section className="card">
      <Facts
        of={[
          [
            say('dataset'),
            <Link key="dataset" to={addressOf('datasets', [shown.dataset])}>
              {shown.dataset}
            </Link>,
          ],
          [say('plSource'), <code key="source">{`${system}://${host}:${port}/${database}`}</code>],
          [say('plUser'), <code key="user">{user}</code>],
          [say('plSchedule'), schedule(pull.schedule)],
          [
            say('plPauseNow'),
            pause === undefined ? undefined : say('plPausedUntil', { until: day(pause.until) }),
          ],
          [say('plPauseReason'), pause?.reason],
          [
            say('plPausedBy'),
            pause === undefined ? undefined : <Person key="paused" id={pause.by} name={pause.byName} />,
          ],
          [say('plPeriod'), day(shown.period)],
          [say('plWindowNow'), say(shown.windowOpen ? 'plOpen' : 'plShut')],
          [say('plChanged'), pull.changed ?? say('plAllRows')],
          [say('plKey'), pull.key.join(say('pointList'))],
          [say('plMapping'), pull.mapping],
          [say('author'), <Person key="author" id={shown.author} name={shown.authorName} />],
          [say('approver'), <Person key="approver" id={shown.approver} name={shown.approverName} />],
          [say('plSetAt'), when(shown.setAt)],
        ]}
      />
      <details>
        <summary>{say('plQuery')}</summary>
        <pre>{pull.query}</pre>
      </details>
    </section>
  );
}

/** Starts a run at once, or ends the pull. The hub decides who may. */
function PullActs(props: {
  readonly dataset: string;
  readonly pause: Shown['pause'];
  readonly doing: Act;
  readonly done: (what: Done) => void;
}): ReactNode {
  const { dataset, pause, doing, done } = props;
  const { say } = useWords();
  const { session } = useSession();
  const [reason, setReason] = useDraftText(`pull end ${dataset}`);
  const owner = dataset.split('.')[0];
  const runs = hasRoleAt(session, ['steward', 'clerk'], owner);
  const ends = hasRoleFor(session, ['steward', 'security'], owner);
  const pauses = hasRoleAt(session, ['steward', 'security'], owner);
  if (!runs && !ends) return null;
  const at = { dataset };
  return (
    <section className="card no-print" aria-label={say('rqAct')}>
      <h2>{say('rqAct')}</h2>
      {runs && pause === undefined ? (
        <div className="row-form">
          <TwoSteps
            label={say('plRun')}
            sure={say('plRunSure')}
            disabled={doing.sending}
            act={() =>
              doing.act(
                (key) => post('/v1/datasets/{dataset}/pull/run', {}, { at, key }),
                () => done('plAsked'),
              )
            }
          />
        </div>
      ) : null}
      {pauses ? <PausePull {...{ dataset, pause, doing, done }} /> : null}
      {ends ? (
        <div className="form">
          <p className="muted">{say('plEndNote')}</p>
          <TextField
            label={say('plReason')}
            hint={say('noNames')}
            maxLength={200}
            value={reason}
            set={setReason}
          />
          <div className="row-form">
            <TwoSteps
              danger
              label={say('plEnd')}
              sure={say('plEndSure')}
              disabled={doing.sending || reason.trim().length < 2}
              act={() =>
                doing.act(
                  (key) => post('/v1/datasets/{dataset}/pull/end', { reason }, { at, key }),
                  () => {
                    setReason('');
                    done('plEnded');
                  },
                )
              }
            />
          </div>
        </div>
      ) : null}
    </section>
  );
}

function Runs({ of }: { readonly of: Shown['runs'] }): ReactNode {
  const { say, when, number, day } = useWords();
  return (
    <section className="card">
      <h2>{say('plRuns')}</h2>
      <LabelledTable<Shown['runs'][number]>
        aria-label={say('plRuns')}
        size="small"
        pagination={false}
        rowKey={({ run }) => run}
        dataSource={of}
        locale={{
          emptyText: <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={say('plRunsEmpty')} />,
        }}
        columns={[
          { title: say('plBegun'), render: (_, one) => when(one.begunAt) },
          { title: say('plPeriodOf'), render: (_, one) => day(one.period) },
          { title: say('plOutcome'), render: (_, one) => <RunOutcome of={one} /> },
          { title: say('plRows'), align: 'right', render: (_, one) => number(one.rows) },
          {
            title: say('plBatch'),
            render: (_, { batch, batchState }) =>
              batch === undefined ? (
                '—'
              ) : (
                <>
                  <Link to={addressOf('held', [batch])}>{batch}</Link>{' '}
                  {batchState === undefined ? null : <State state={batchState} />}
                </>
              ),
          },
        ]}
      />
    </section>
  );
}
