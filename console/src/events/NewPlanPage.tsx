import { Alert } from 'antd';
import { useState, type ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { FormOrJson } from '../parts/FormOrJson.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { Unsent } from '../parts/Unsent.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDebounced } from '../parts/useDebounced.ts';
import { useDraft } from '../parts/useDraft.ts';
import { addressOf, useRoute } from '../route.ts';
import { stewardDepartments, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { PlanForm } from './PlanForm.tsx';
import { emptyPlan, isComplete, parsePlan, planOf, type Plan } from './planDraft.ts';
import { plansOf } from './plansOf.ts';

/**
 * A new response plan, or a revision of one (`?from=`), written in a form or as JSON. The hub checks it during input. A second person of
 * the department accepts it.
 */
export function NewPlanPage(): ReactNode {
  const { say } = useWords();
  const { turn, session } = useSession();
  const { from = '' } = useRoute().filter;
  const departments = stewardDepartments(session);
  const base = useAnswer(`plan from ${from} ${turn}`, async () => {
    if (from === '') return emptyPlan(departments[0] ?? '');
    const [department = ''] = from.split('.');
    const found = (await plansOf(department)).find(({ id }) => id === from);
    return found === undefined ? undefined : planOf(found);
  });
  return (
    <Page
      title={say('planNew')}
      lead={say('planNewLead')}
      error={base.error}
      cli={asCall('GET /v1/response-plans')}
      actions={<Link to={addressOf('plans', from === '' ? [] : [from])}>{say('back')}</Link>}
    >
      {departments.length === 0 ? (
        <p role="status">{say('planNotSteward')}</p>
      ) : base.value === undefined ? null : (
        <Editor key={from} from={from} initial={base.value} departments={departments} />
      )}
    </Page>
  );
}

function Editor(props: {
  readonly from: string;
  readonly initial: Plan;
  readonly departments: readonly string[];
}): ReactNode {
  const { from, initial, departments } = props;
  const { say } = useWords();
  const { turn } = useSession();
  const draft = useDraft(`plan ${from}`, { text: JSON.stringify(initial, undefined, 2) }, true);
  const { text } = draft.value;
  const [isJson, setIsJson] = useState(false);
  const { act, sending, error } = useAct();
  const [proposal, setProposal] = useState<{ readonly id: string | undefined }>();
  const plan = parsePlan(text);
  const debounced = useDebounced(text, text);
  const trial = useAnswer(`plan trial ${debounced} ${turn}`, async () => {
    const tried = parsePlan(debounced);
    return tried !== undefined && isComplete(tried) ? post('/v1/response-plans/trials', tried) : undefined;
  });
  const set = (to: string): void => {
    setProposal(undefined);
    draft.set({ text: to });
  };
  const isChecking = debounced !== text || trial.loading;
  const submit = (): void => {
    if (plan === undefined) return;
    act(
      (key) => post('/v1/response-plans', plan, { key }),
      (answer) => {
        draft.sent();
        setProposal({ id: 'proposal' in answer ? answer.proposal : undefined });
      },
    );
  };
  return (
    <>
      <Unsent shown={draft.restored} clear={draft.clear} />
      <FormOrJson isJson={isJson} hasForm={plan !== undefined} set={setIsJson} />
      {isJson || plan === undefined ? (
        <section className="card form">
          <label className="choice wide">
            <span>{say('planJson')}</span>
            <textarea
              className="code"
              rows={28}
              spellCheck={false}
              value={text}
              onChange={({ target }) => set(target.value)}
            />
          </label>
          {plan === undefined ? <p role="alert">{say('planNoPlan')}</p> : null}
        </section>
      ) : (
        <PlanForm
          plan={plan}
          departments={departments}
          isRevision={from !== ''}
          set={(to) => set(JSON.stringify(to, undefined, 2))}
        />
      )}
      <section className="card" aria-live="polite" aria-label={say('checks')}>
        {error === undefined ? null : <Refused error={error} plan={plan} />}
        {trial.error === undefined || isChecking ? null : <Refused error={trial.error} plan={plan} />}
        <TrialResult trial={isChecking ? 'pending' : trial.value} />
        {proposal === undefined ? (
          <div className="row-form">
            <TwoSteps
              label={say('planPropose')}
              sure={say('planProposeSure')}
              disabled={sending || isChecking || !mayPropose(trial.value)}
              act={submit}
            />
          </div>
        ) : (
          <Proposed id={proposal.id} />
        )}
      </section>
    </>
  );
}

function Refused({ error, plan }: { readonly error: unknown; readonly plan: Plan | undefined }): ReactNode {
  return <Refusal error={error} cli={asCall('POST /v1/response-plans', {}, plan)} />;
}

/** Only a plan without faults that differs from the one in force may be proposed. */
const mayPropose = (trial: Schemas['ResponsePlanTried'] | undefined): boolean =>
  trial?.fits === true && trial.unchanged !== true;

/** The hub's result for the plan as it is written now. @param props.trial undefined: the plan is incomplete */
function TrialResult({
  trial,
}: {
  readonly trial: Schemas['ResponsePlanTried'] | 'pending' | undefined;
}): ReactNode {
  const { say, pick } = useWords();
  if (trial === 'pending') return <p>{say('scChecking')}</p>;
  if (trial === undefined) return <p>{say('planIncomplete')}</p>;
  const { fits, reason, unchanged, revision = 1 } = trial;
  if (!fits) return <Alert type="error" showIcon title={pick(reason)} />;
  const title = unchanged === true ? say('planUnchanged') : say('planFits', { revision });
  return <Alert type="success" showIcon title={title} />;
}

function Proposed({ id }: { readonly id: string | undefined }): ReactNode {
  const { say } = useWords();
  return (
    <Alert
      role="status"
      type="success"
      showIcon
      title={say('planProposed')}
      description={
        id === undefined ? undefined : <Link to={addressOf('proposals', [id])}>{say('planToProposal')}</Link>
      }
    />
  );
}
