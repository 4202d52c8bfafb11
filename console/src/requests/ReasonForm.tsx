import { Button } from 'antd';
import type { ReactNode } from 'react';
import { TextField } from '../parts/TextField.tsx';
import { useDraft } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import type { ActForm } from './actForm.ts';

/** An act that requires a reason. */
export function ReasonForm({
  view,
  sending,
  send,
  act,
}: ActForm & { readonly act: 'ask-extension' | 'withdraw' }): ReactNode {
  const { say } = useWords();
  const draft = useDraft(`${act === 'withdraw' ? 'withdraw' : 'extension'} ${view.id}`, { reason: '' });
  return (
    <form
      className="form"
      aria-label={say(act === 'withdraw' ? 'rqWithdraw' : 'rqAskExtension')}
      onSubmit={(event) => {
        event.preventDefault();
        send({ act, reason: draft.value.reason });
      }}
    >
      <TextField
        label={say('whyReason')}
        rows={2}
        value={draft.value.reason}
        set={(reason) => draft.set({ reason })}
      />
      <div className="row-form">
        <Button type="primary" htmlType="submit" disabled={sending}>
          {say('rqSend')}
        </Button>
      </div>
    </form>
  );
}
