import { Alert, Button, Table } from 'antd';
import { useState, type ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Facts } from '../parts/Facts.tsx';
import { labelled } from '../parts/labelled.ts';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { WithDatasets } from '../parts/WithDatasets.tsx';
import { usePurposes } from '../requests/usePurposes.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRoleAt, useSession } from '../session.ts';
import { useWords, type Spoken } from '../words/words.ts';
import { NewPlanPage } from './NewPlanPage.tsx';
import { spanText } from './OwedSteps.tsx';
import { textOfTerm, type Step, type Term } from './planDraft.ts';
import { plansOf } from './plansOf.ts';
import { PlanState } from './PlanState.tsx';

type View = Schemas['ResponsePlanView'];

export function PlanPage(): ReactNode {
  const { what } = useRoute();
  return what[0] === 'new' ? <NewPlanPage /> : <OnePlan id={what[0] ?? ''} />;
}

/** One response plan in force, or withdrawn: its condition, steps and escalation. */
function OnePlan({ id }: { readonly id: string }): ReactNode {
  const { say, pick } = useWords();
  const { turn, session } = useSession();
  const [department = ''] = id.split('.');
  const answer = useAnswer(`plan ${id} ${turn}`, () => plansOf(department));
  const view = answer.value?.find((one) => one.id === id);
  const isSteward = hasRoleAt(session, ['steward'], department);
  return (
    <Page
      title={view === undefined ? `${say('oePlan')} ${id}` : pick(view.title)}
      error={answer.error}
      cli={asCall('GET /v1/response-plans', { query: { department } })}
      actions={
        <>
          {view !== undefined && isSteward ? (
            <Link button to={addressOf('plans', ['new'], { from: id })}>
              {say('planRevise')}
            </Link>
          ) : null}
          <Link to={addressOf('plans')}>{say('back')}</Link>
          <PrintButton />
        </>
      }
    >
      {answer.value !== undefined && view === undefined ? <p role="status">{say('planNotFound')}</p> : null}
      {view === undefined ? null : (
        <>
          <PlanFacts view={view} />
          <Steps view={view} />
          {view.withdrawn === undefined && isSteward ? <Withdrawal id={id} /> : null}
        </>
      )}
    </Page>
  );
}

const termText = (term: Term, say: Spoken['say']): string =>
  term.op === 'range'
    ? say('planRange', { field: term.field, range: JSON.stringify(term) })
    : say(term.op === 'in' ? 'planIn' : 'planEq', { field: term.field, value: textOfTerm(term) });

function PlanFacts({ view }: { readonly view: View }): ReactNode {
  const { say, when } = useWords();
  const { name } = useDepartments();
  const purposes = usePurposes();
  const { closedBy } = view;
  return (
    <section className="card">
      <Facts
        of={[
          [say('state'), <PlanState key="state" of={view} />],
          [say('planReason'), view.withdrawn],
          [say('department'), name(view.department)],
          [say('oeType'), <WithDatasets key="type" ids={[view.type]} text={(title) => title} />],
          [
            say('planWhen'),
            (view.when ?? []).map((term) => termText(term, say)).join(say('pointSemicolon')) ||
              say('planAlways'),
          ],
          [say('oePurpose'), view.purpose === undefined ? undefined : purposes.name(view.purpose)],
          [
            say('planClosedBy'),
            closedBy === undefined ? undefined : (
              <WithDatasets
                key="closed"
                ids={[closedBy.type]}
                text={(type) => say('planSame', { type, field: closedBy.field })}
              />
            ),
          ],
          [say('planMaxHours'), say('planHours', { n: view.maxHours })],
          [
            say('planNotice'),
            view.noticeType === undefined ? undefined : (
              <WithDatasets key="notice" ids={[view.noticeType]} text={(title) => title} />
            ),
          ],
          [say('planRevision'), view.revision],
          [say('planSince'), when(view.registeredAt)],
        ]}
      />
    </section>
  );
}

function Steps({ view }: { readonly view: View }): ReactNode {
  const { say, pick } = useWords();
  const { name } = useDepartments();
  return (
    <section className="card">
      <h2>{say('planSteps')}</h2>
      <Table<Step>
        aria-label={say('planSteps')}
        size="small"
        pagination={false}
        rowKey={({ id }) => id}
        dataSource={view.steps}
        columns={labelled<Step>([
          { title: say('oeStep'), render: (_, one) => pick(one.title) },
          {
            title: say('planDepartments'),
            render: (_, one) => one.departments.map(name).join(say('pointList')),
          },
          { title: say('oeGrade'), render: (_, one) => say(`gr_${one.grade}`) },
          { title: say('planWithin'), render: (_, one) => spanText(one.withinSeconds, say) },
          {
            title: say('planEscalations'),
            render: (_, { escalations = [] }) =>
              escalations.length === 0 ? (
                '—'
              ) : (
                <ol>
                  {escalations.map(({ afterSeconds, role, department }) => (
                    <li key={afterSeconds}>
                      {say('planStage', {
                        span: spanText(afterSeconds, say),
                        who: department === undefined ? say('oeLateDepartment') : name(department),
                        role: say(`r_${role}`),
                      })}
                    </li>
                  ))}
                </ol>
              ),
          },
        ])}
      />
    </section>
  );
}

/** Proposed here; a second person of the department accepts it. */
function Withdrawal({ id }: { readonly id: string }): ReactNode {
  const { say } = useWords();
  const { act, sending, error } = useAct();
  const [reason, setReason] = useDraftText(`plan withdrawal ${id}`);
  const [isProposed, setProposed] = useState(false);
  if (isProposed) return <Alert role="status" type="success" showIcon title={say('planProposed')} />;
  return (
    <form
      className="card form no-print"
      aria-label={say('planWithdraw')}
      onSubmit={(event) => {
        event.preventDefault();
        act(
          (key) => post('/v1/response-plans/{plan}/withdrawal', { reason }, { at: { plan: id }, key }),
          () => {
            setReason('');
            setProposed(true);
          },
        );
      }}
    >
      <h2>{say('planWithdraw')}</h2>
      <Refusal
        error={error}
        cli={asCall('POST /v1/response-plans/{plan}/withdrawal', { at: { plan: id } }, { reason })}
      />
      <TextField
        label={say('planReason')}
        hint={say('noNames')}
        maxLength={500}
        value={reason}
        set={setReason}
      />
      <div className="row-form">
        <Button danger htmlType="submit" disabled={sending}>
          {say('planWithdrawSure')}
        </Button>
      </div>
    </form>
  );
}
