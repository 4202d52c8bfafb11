import { Alert } from 'antd';
import type { ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { Facts } from '../parts/Facts.tsx';
import { Person } from '../parts/Person.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { TextField } from '../parts/TextField.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDraft } from '../parts/useDraft.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { defined } from '../../../terms/defined.ts';

/** Warns a department that reads the dataset: its retirement is proposed, and a second person may agree until this day. */
export function RetirementAhead({ detail }: { readonly detail: Schemas['DatasetDetail'] }): ReactNode {
  const { say, day } = useWords();
  const { retirementAhead: ahead } = detail;
  if (ahead === undefined) return null;
  return (
    <Alert
      className="gap"
      type="warning"
      showIcon
      title={say('dsRetiresAhead', {
        due: day(ahead.due),
        agreements: ahead.agreements.join(say('pointList')),
      })}
    />
  );
}

/**
 * Two persons retire a dataset: the first proposes it, and the second sees what would be destroyed and agrees to exactly that. A person who
 * may propose may also withdraw the proposal. The page shows it only to persons who may propose.
 */
export function RetirementCard(props: {
  readonly detail: Schemas['DatasetDetail'];
  readonly changed: () => void;
}): ReactNode {
  const { detail, changed } = props;
  const { dataset, retirement } = detail;
  const { say, day, number } = useWords();
  const { session } = useSession();
  const doing = useAct();
  const draft = useDraft(`retire ${dataset.id}`, { reason: '' });
  const { reason } = draft.value;
  const isRequester = retirement?.by === session.person;
  const decide = (body: Schemas['DatasetDecision']): void =>
    doing.act(
      (key) => post('/v1/datasets/{dataset}/decision', body, { at: { dataset: dataset.id }, key }),
      () => {
        draft.sent();
        changed();
      },
    );
  const retire = (): void => decide({ act: 'retire', reason, ...defined({ digest: retirement?.digest }) });
  const unsaid = doing.sending || reason.trim() === '';
  return (
    <section className="card" aria-label={say('dsRetirement')}>
      <h2>{say('dsRetirement')}</h2>
      <Refusal error={doing.error} cli={`npx datong dataset retire ${dataset.id} --reason …`} />
      {retirement === undefined ? (
        <p className="muted">{say('dsRetireNote')}</p>
      ) : (
        <Facts
          of={[
            [say('author'), <Person key="by" id={retirement.by} name={retirement.byName} />],
            [say('whyReason'), retirement.reason],
            [say('dsRetireDue'), day(retirement.due)],
            [say('dsRetireRows'), retirement.rows === undefined ? undefined : number(retirement.rows)],
            [say('dsRetireAgreements'), retirement.agreements.join(say('pointList')) || say('none')],
          ]}
        />
      )}
      <div className="form no-print">
        <TextField
          label={say('whyReason')}
          rows={2}
          maxLength={1000}
          required={false}
          value={reason}
          set={(value) => draft.set({ reason: value })}
        />
        <div className="row-form">
          {isRequester ? null : (
            <TwoSteps
              key={retirement?.digest ?? ''}
              danger
              label={say(retirement === undefined ? 'dsRetireAsk' : 'dsRetireAgree')}
              sure={say(retirement === undefined ? 'dsRetireAskSure' : 'dsRetireSure')}
              disabled={unsaid}
              act={retire}
            />
          )}
          {retirement === undefined ? null : (
            <TwoSteps
              label={say('dsKeep')}
              sure={say('dsKeepSure')}
              disabled={unsaid}
              act={() => decide({ act: 'keep', reason })}
            />
          )}
        </div>
      </div>
    </section>
  );
}
