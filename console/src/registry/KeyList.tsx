import { Button } from 'antd';
import type { ReactNode } from 'react';
import { post, type Schemas } from '../api/call.ts';
import { Facts } from '../parts/Facts.tsx';
import { State } from '../parts/State.tsx';
import { TextField } from '../parts/TextField.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import type { Act } from '../parts/useAct.ts';
import { hasOffice, hasRole, useSession } from '../session.ts';
import { useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { Person } from '../parts/Person.tsx';

type Key = Schemas['Waiting']['keys'][number];

/** New signing keys: a person who did not issue the code compares the thumbprint with the department, and confirms or objects. */
export function KeyList(props: {
  /** undefined where they could not be read */
  readonly keys: readonly Key[] | undefined;
  readonly doing: Act;
  readonly again: () => void;
}): ReactNode {
  const { keys, doing, again } = props;
  const { say } = useWords();
  return (
    <section className="card">
      <h2>{say('dpKeys')}</h2>
      {keys === undefined ? null : keys.length === 0 ? (
        <p role="status">{say('dpNoKeys')}</p>
      ) : (
        <p>{say('dpThumbprintLead')}</p>
      )}
      {keys?.map((one) => (
        <OneKey key={one.keyid} of={one} doing={doing} again={again} />
      ))}
    </section>
  );
}

function OneKey({
  of,
  doing,
  again,
}: {
  readonly of: Key;
  readonly doing: Act;
  readonly again: () => void;
}): ReactNode {
  const { say, when } = useWords();
  const { session } = useSession();
  const [reason, setReason] = useDraftText(`key ${of.keyid}`);
  const at = { key: of.keyid };
  const done = (): void => {
    setReason('');
    again();
  };
  const objects = hasRole(session, ['steward', 'security']);
  const office = hasOffice(session, ['steward', 'security']);
  return (
    <article aria-label={`${say('dpThumbprint')} ${of.keyid}`}>
      <Facts
        of={[
          [say('dpThumbprint'), <code key="keyid">{of.keyid}</code>],
          [say('state'), <State key="state" state={`ks_${of.state}`} />],
          [say('dpEnrolled'), when(of.enrolled)],
          [
            say('dpIssuer'),
            of.issuer === undefined ? undefined : <Person key="issuer" id={of.issuer} name={of.issuerName} />,
          ],
          [
            say('approver'),
            of.confirmedBy === undefined ? undefined : (
              <Person key="confirmed" id={of.confirmedBy} name={of.confirmedByName} />
            ),
          ],
          [say('dpObjection'), of.objection],
        ]}
      />
      <div className="row-form no-print">
        {of.confirmable ? (
          <TwoSteps
            label={say('dpConfirm')}
            sure={say('dpConfirmSure')}
            disabled={doing.sending}
            act={() =>
              doing.act(
                () => post('/v1/signing-keys/{key}/confirmation', { department: of.department }, { at }),
                again,
              )
            }
          />
        ) : null}
      </div>
      {objects ? (
        <form
          className="row-form no-print"
          aria-label={`${say('dpObject')} ${of.keyid}`}
          onSubmit={(event) => {
            event.preventDefault();
            doing.act(() => post('/v1/signing-keys/{key}/objection', { reason }, { at }), done);
          }}
        >
          <TextField label={say('whyReason')} maxLength={1000} value={reason} set={setReason} />
          <Button htmlType="submit" disabled={doing.sending}>
            {say('dpObject')}
          </Button>
          {office ? (
            <Button
              danger
              disabled={doing.sending || reason.trim() === ''}
              onClick={() =>
                doing.act(() => post('/v1/signing-keys/{key}/refusal', { reason }, { at }), done)
              }
            >
              {say('dpRefuse')}
            </Button>
          ) : null}
        </form>
      ) : null}
    </article>
  );
}
