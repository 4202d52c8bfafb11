import { useState, type ReactNode } from 'react';
import { Button } from 'antd';
import { post, type Schemas } from '../../api/call.ts';
import { TextField } from '../../parts/TextField.tsx';
import { TwoSteps } from '../../parts/TwoSteps.tsx';
import type { Act } from '../../parts/useAct.ts';
import { useDepartments } from '../../parts/useDepartments.ts';
import { useDraft } from '../../parts/useDraft.ts';
import { hasRoleFor, useSession } from '../../session.ts';
import { useWords } from '../../words/words.ts';

type View = Schemas['Changeover'];

/**
 * The decisions of the second person and of the security officer, who acknowledge each stopped agreement singly; or the end of the
 * changeover.
 */
export function ChangeoverActs(props: {
  readonly view: View;
  readonly provider: string | undefined;
  readonly doing: Act;
  readonly done: (view: View) => void;
}): ReactNode {
  const { view, provider, doing, done } = props;
  const { say } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  const [known, setKnown] = useState<readonly string[]>([]);
  const draft = useDraft(`abandon ${view.dataset}`, { reason: '' });
  const { reason } = draft.value;
  if (view.state !== 'open' || !hasRoleFor(session, ['steward', 'security'], provider)) return null;
  const decide = (body: Schemas['ChangeoverDecision']): void =>
    doing.act(
      (key) =>
        post('/v1/datasets/{dataset}/changeover/decision', body, { at: { dataset: view.dataset }, key }),
      (after) => {
        draft.sent();
        done(after);
      },
    );
  const { digest } = view;
  const hasDecided = [view.author, view.approver, view.officer].includes(session.person);
  const needs = [
    ...(view.approver === undefined ? [say('coNeedsSecond')] : []),
    ...(view.needsOfficer && view.officer === undefined ? [say('coNeedsOfficer')] : []),
  ];
  return (
    <section className="card no-print" aria-label={say('rqAct')}>
      <h2>{say('rqAct')}</h2>
      {digest === undefined || hasDecided ? null : (
        <div className="form">
          <p>
            {say('coSwitchNote')} {say('coNeeds')}
            {say('pointColon')}
            {needs.join(say('pointList'))}
          </p>
          {view.stops.map(({ agreement, consumer }) => (
            <label key={agreement}>
              <input
                type="checkbox"
                checked={known.includes(agreement)}
                onChange={({ target }) =>
                  setKnown(target.checked ? [...known, agreement] : known.filter((one) => one !== agreement))
                }
              />{' '}
              {say('coAcknowledge', { agreement, consumer: name(consumer) })}
            </label>
          ))}
          <div className="row-form">
            <TwoSteps
              label={say('coSwitch')}
              sure={say('coSwitchSure')}
              disabled={doing.sending || known.length < view.stops.length}
              act={() => decide({ act: 'switch', digest, stops: [...known] })}
            />
          </div>
        </div>
      )}
      <div className="form">
        <TextField
          label={say('whyReason')}
          rows={2}
          maxLength={1000}
          required={false}
          value={reason}
          set={(value) => draft.set({ reason: value })}
        />
        <div className="row-form">
          {reason.trim() === '' ? (
            <Button danger disabled>
              {say('coAbandon')}
            </Button>
          ) : (
            <TwoSteps
              danger
              label={say('coAbandon')}
              sure={say('coAbandonSure')}
              disabled={doing.sending}
              act={() => decide({ act: 'abandon', reason })}
            />
          )}
        </div>
      </div>
    </section>
  );
}
