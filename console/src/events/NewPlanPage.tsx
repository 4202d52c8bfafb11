import { Alert, Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { Unsent } from '../parts/Unsent.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDraft } from '../parts/useDraft.ts';
import { useSettled } from '../parts/useSettled.ts';
import { addressOf, useRoute } from '../route.ts';
import { stewardDepartments, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { PlanForm } from './PlanForm.tsx';
import { emptyPlan, isComplete, planIn, planOf, type Plan } from './planDraft.ts';
import { plansOf } from './plansOf.ts';

/** A response plan is written as a form or as JSON; the hub checks it during input. A second person of the department accepts it. */
export function NewPlanPage(): ReactNode {
  const { say } = useWords();
  const { turn, session } = useSession();
  const { from = '' } = useRoute().filter;
  const own = stewardDepartments(session);
  const base = useAnswer(`plan from ${from} ${turn}`, async () => {
    if (from === '') return emptyPlan(own[0] ?? '');
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
      {own.length === 0 ? (
        <p role="status">{say('planNotSteward')}</p>
      ) : base.value === undefined ? null : (
        <Editor key={from} from={from} begin={base.value} own={own} />
      )}
    </Page>
  );
}

function Editor(props: {
  readonly from: string;
  readonly begin: Plan;
  readonly own: readonly string[];
}): ReactNode {
  const { from, begin, own } = props;
  const { say } = useWords();
  const { turn } = useSession();
  const draft = useDraft(`plan ${from}`, { text: JSON.stringify(begin, undefined, 2) });
  const { text } = draft.value;
  const [isJson, setJson] = useState(false);
  const doing = useAct();
  const [proposal, setProposal] = useState<{ readonly id: string | undefined }>();
  const plan = planIn(text);
  const settled = useSettled(text, text);
  const checked = planIn(settled);
  const tried = useAnswer(`plan trial ${settled} ${turn}`, () =>
    checked !== undefined && isComplete(checked)
      ? post('/v1/response-plans/trials', checked)
      : Promise.resolve(undefined),
  );
  const set = (to: string): void => {
    setProposal(undefined);
    draft.set({ text: to });
  };
  const isChecking = settled !== text || tried.loading;
  const submit = (): void => {
    if (plan === undefined) return;
    doing.act(
      (key) => post('/v1/response-plans', plan, { key }),
      (answer) => {
        draft.sent();
        setProposal({ id: 'proposal' in answer ? answer.proposal : undefined });
      },
    );
  };
  return (
    <>
      <Unsent shown={draft.restored} />
      <div className="row-form" role="group" aria-label={say('planView')}>
        <Button aria-pressed={!isJson} disabled={plan === undefined} onClick={() => setJson(false)}>
          {say('planForm')}
        </Button>
        <Button aria-pressed={isJson} onClick={() => setJson(true)}>
          {say('planJson')}
        </Button>
      </div>
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
          own={own}
          fixed={from !== ''}
          set={(to) => set(JSON.stringify(to, undefined, 2))}
        />
      )}
      <section className="card" aria-live="polite" aria-label={say('checks')}>
        {doing.error === undefined ? null : <Refused error={doing.error} plan={plan} />}
        {tried.error === undefined || isChecking ? null : <Refused error={tried.error} plan={plan} />}
        <Checked tried={isChecking ? 'pending' : tried.value} />
        {proposal === undefined ? (
          <div className="row-form">
            <TwoSteps
              label={say('planPropose')}
              sure={say('planProposeSure')}
              disabled={doing.sending || isChecking || !mayPropose(tried.value)}
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

/** A plan without faults that differs from what is in force. */
const mayPropose = (tried: Schemas['ResponsePlanTried'] | undefined): boolean =>
  tried?.fits === true && tried.unchanged !== true;

/** What the hub finds in the plan as it is written now. @param props.tried undefined: the plan is incomplete */
function Checked({
  tried,
}: {
  readonly tried: Schemas['ResponsePlanTried'] | 'pending' | undefined;
}): ReactNode {
  const { say, pick } = useWords();
  if (tried === 'pending') return <p>{say('scChecking')}</p>;
  if (tried === undefined) return <p>{say('planIncomplete')}</p>;
  const { fits, reason, unchanged, revision = 1 } = tried;
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
