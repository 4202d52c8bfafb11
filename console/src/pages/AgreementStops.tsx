import type { ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { TextField } from '../parts/TextField.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import type { Act } from '../parts/useAct.ts';
import { hasRole, useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';

/** Who set a stop, and buttons to set or lift it, with a reason. */
export function AgreementStops(props: {
  readonly view: Schemas['PolicyDocumentView'];
  readonly doing: Act;
  readonly again: () => void;
}): ReactNode {
  const { view, doing, again } = props;
  const { say, day } = useWords();
  const { session } = useSession();
  const [reason, setReason] = useDraftText(`stop ${view.id}`);
  const { stopped = [], reasons = [] } = view;
  if (view.kind !== 'Agreement' || (view.state !== 'active' && view.state !== 'suspended')) return null;
  const stops = hasRole(session, ['operator', 'steward', 'security']);
  const lifts = stopped.length > 0 && hasRole(session, ['steward', 'security']);
  if (!stops && stopped.length === 0) return null;
  const at = { document: view.id };
  const done = (): void => {
    setReason('');
    again();
  };
  const empty = reason.trim().length < 2;
  return (
    <section className="card no-print" aria-label={say('agStop')}>
      <h2>{say('agStop')}</h2>
      {stopped.length === 0 ? null : (
        <div role="status">
          <p>
            ▲ {say('agStoppedBy')}
            {say('pointColon')}
            {stopped.map((side) => say(`side_${side}`)).join(say('pointList'))}
          </p>
          <ul>
            {reasons.map(({ side, since, reason }) => (
              <li key={side}>
                {say(`side_${side}`)}
                {since === undefined ? '' : ` · ${day(since)}`}
                {say('pointColon')}
                {reason ?? say('agStopUntold')}
              </li>
            ))}
          </ul>
        </div>
      )}
      <p className="muted">{say('agStopLead')}</p>
      {stops ? <TextField label={say('whyReason')} maxLength={200} value={reason} set={setReason} /> : null}
      <div className="row-form gap-above">
        {stops ? (
          <TwoSteps
            danger
            label={say('agStop')}
            sure={say('agStopSure')}
            disabled={doing.sending || empty}
            act={() =>
              doing.act(() => post('/v1/policy/documents/{document}/suspension', { reason }, { at }), done)
            }
          />
        ) : null}
        {lifts ? (
          <TwoSteps
            label={say('agResume')}
            sure={say('agResumeSure')}
            disabled={doing.sending || empty}
            act={() =>
              doing.act(() => post('/v1/policy/documents/{document}/resumption', { reason }, { at }), done)
            }
          />
        ) : null}
      </div>
    </section>
  );
}
