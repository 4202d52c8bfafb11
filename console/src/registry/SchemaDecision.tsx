import { Button } from 'antd';
import type { ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { TextField } from '../parts/TextField.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import type { Act } from '../parts/useAct.ts';
import { useDraft } from '../parts/useDraft.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

type Decision = Schemas['SchemaDecision'];

/** The decision of the second person and of the security officer on a version in review; the end of a published one. */
export function SchemaDecision(props: {
  readonly schema: Schemas['SchemaView'];
  readonly impact: Schemas['SchemaImpact'];
  readonly doing: Act;
  readonly again: () => void;
}): ReactNode {
  const { schema, impact, doing, again } = props;
  const { say } = useWords();
  const { session } = useSession();
  const draft = useDraft(`schema ${schema.urn}`, { reason: '', sunset: '' });
  const { reason, sunset } = draft.value;
  const hasDecided = [impact.author, impact.approver, impact.officer].includes(session.person);
  if (!hasRole(session, ['steward', 'security'])) return null;
  if (schema.state !== 'inReview' && schema.state !== 'published') return null;
  const decide = (body: Decision): void =>
    doing.act(
      (key) => post('/v1/schemas/{schema}/decision', body, { at: { schema: schema.urn }, key }),
      () => {
        draft.sent();
        draft.set({ reason: '', sunset: '' });
        again();
      },
    );
  const reviewed = schema.state === 'inReview';
  return (
    <section className="card no-print" aria-label={say('rqAct')}>
      <h2>{say('rqAct')}</h2>
      {reviewed && !hasDecided ? (
        <div className="row-form">
          <TwoSteps
            label={say('scPublish')}
            sure={say('scPublishSure')}
            disabled={doing.sending}
            act={() => decide({ act: 'publish', digest: impact.digest })}
          />
        </div>
      ) : null}
      <form
        className="form"
        aria-label={say(reviewed ? 'scReturn' : 'scDeprecate')}
        onSubmit={(event) => {
          event.preventDefault();
          decide(reviewed ? { act: 'return', reason } : { act: 'deprecate', sunset, reason });
        }}
      >
        <TextField
          label={say('whyReason')}
          rows={2}
          maxLength={1000}
          value={reason}
          set={(to) => draft.set({ reason: to })}
        />
        {reviewed ? null : (
          <label className="choice">
            <span>{say('scSunset')}</span>
            <input
              type="date"
              required
              value={sunset}
              onChange={({ target }) => draft.set({ sunset: target.value })}
            />
          </label>
        )}
        <div className="row-form">
          <Button danger htmlType="submit" disabled={doing.sending}>
            {say(reviewed ? 'scReturn' : 'scDeprecate')}
          </Button>
        </div>
      </form>
    </section>
  );
}
