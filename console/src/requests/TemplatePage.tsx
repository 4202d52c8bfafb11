import { useState, type ReactNode } from 'react';
import { datasetsNamedIn, describedMask } from '../../../terms/requestForm/saidAgreement.ts';
import { useNames } from './ApprovalForm.tsx';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Proposed } from '../cases/Proposed.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { TextField } from '../parts/TextField.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { DatasetTitles } from '../parts/WithDatasets.tsx';
import { useWords } from '../words/words.ts';
import { NewTemplatePage } from './NewTemplatePage.tsx';
import { TemplateState } from './TemplateState.tsx';
import { usePurposes } from './usePurposes.ts';
import type { Rules } from './wanted.ts';

/** One template: its content, a link to begin a request from it, and its withdrawal. */
export function TemplatePage(): ReactNode {
  const { what } = useRoute();
  return what[0] === 'new' ? <NewTemplatePage /> : <OneTemplate code={what[0] ?? ''} />;
}

function OneTemplate({ code }: { readonly code: string }): ReactNode {
  const { say, pick } = useWords();
  const { session, turn } = useSession();
  const answer = useAnswer(`template ${code} ${turn}`, () =>
    get('/v1/request-templates', { query: { code } }),
  );
  const view = answer.value?.templates[0];
  return (
    <Page
      title={view === undefined ? code : pick(view.title)}
      error={answer.error}
      cli={`npx datong request template begin ${code} --consumer DEPARTMENT --agreement NAME`}
      actions={<Link to={addressOf('templates')}>{say('back')}</Link>}
    >
      {view === undefined ? (
        answer.value === undefined ? null : (
          <p role="status">{say('rtNotFound')}</p>
        )
      ) : (
        <>
          <What of={view} />
          {hasRole(session, ['steward']) && view.withdrawn === undefined ? <Withdrawal code={code} /> : null}
        </>
      )}
    </Page>
  );
}

function What({ of }: { readonly of: Schemas['RequestTemplateView'] }): ReactNode {
  const { say, pick, when } = useWords();
  const { name } = useDepartments();
  const { name: purposeName } = usePurposes();
  const nameOf = useNames(datasetsNamedIn(of), purposeName);
  const { type, reference, clause } = of.basis;
  const begins = of.withdrawn === undefined && of.gone.length === 0;
  return (
    <>
      <section className="card">
        <Facts
          of={[
            [say('state'), <TemplateState key="state" of={of} />],
            [say('codeName'), <code key="code">{of.code}</code>],
            [say('provider'), name(of.provider)],
            [say('rqPurpose'), of.purposes.map(purposeName).join(say('pointList'))],
            [say('rqBasis'), [say(`bt_${type}`), reference, clause].filter(Boolean).join(' ')],
            [say('rtDays'), of.days],
            [say('matters'), (of.matters ?? []).map((one) => one.code).join(' ')],
            [say('catRevision'), of.revision],
            [say('registered'), when(of.registeredAt)],
            [say('rtWithdrawn'), of.withdrawn],
          ]}
        />
      </section>
      {of.grants.map((grant, at) => (
        <section className="card" key={at}>
          <h2>
            <DatasetTitles ids={[grant.dataset]} />
          </h2>
          <ul>
            {Object.entries((grant['fields'] ?? {}) as Rules).map(([field, rule]) => (
              <li key={field}>
                <span title={field}>{nameOf('field', `${grant.dataset}.${field}`) ?? field}</span>
                {say('pointColon')}
                {pick(describedMask(rule, (kind, code) => nameOf(kind, `${grant.dataset}.${code}`)))}
              </li>
            ))}
          </ul>
          {begins ? (
            <Link button to={addressOf('requests', ['new'], { dataset: grant.dataset })}>
              {say('rtUse')}
            </Link>
          ) : null}
        </section>
      ))}
    </>
  );
}

/** Withdraws a template from use: proposed by one person of the data office, agreed to by another. */
function Withdrawal({ code }: { readonly code: string }): ReactNode {
  const { say } = useWords();
  const [reason, setReason] = useDraftText(`template withdraw ${code}`);
  const [proposed, setProposed] = useState<Schemas['Registration']>();
  const { act, sending, error } = useAct();
  return (
    <section className="card no-print" aria-label={say('rtWithdraw')}>
      <h2>{say('rtWithdraw')}</h2>
      <Proposed of={proposed} error={error} cli={`npx datong request template withdraw ${code} --reason …`} />
      <TextField label={say('whyReason')} rows={2} maxLength={1000} value={reason} set={setReason} />
      <div className="row-form">
        <TwoSteps
          danger
          label={say('rtWithdraw')}
          sure={say('rtWithdrawSure')}
          disabled={sending || reason.trim() === ''}
          act={() =>
            act(
              (key) =>
                post(
                  '/v1/request-templates/{template}/withdrawal',
                  { reason },
                  { at: { template: code }, key },
                ),
              (answered) => {
                setReason('');
                setProposed(answered);
              },
            )
          }
        />
      </div>
    </section>
  );
}
