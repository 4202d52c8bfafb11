import { Button } from 'antd';
import type { ReactNode } from 'react';
import { TextField } from '../parts/TextField.tsx';
import { useDraft } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import type { ActForm } from './actForm.ts';

/** The refusing person states the reason, and what would be granted instead. */
export function RefusalForm({ view, sending, send }: ActForm): ReactNode {
  const { say } = useWords();
  const { value, set } = useDraft(`refuse ${view.id}`, { reason: '', wouldGrant: '' });
  return (
    <form
      className="form"
      aria-label={say('rqRefuse')}
      onSubmit={(event) => {
        event.preventDefault();
        send({ act: 'refuse', ...value });
      }}
    >
      <TextField label={say('whyReason')} rows={2} value={value.reason} set={(reason) => set({ reason })} />
      <TextField
        label={say('rqWouldGrant')}
        rows={2}
        value={value.wouldGrant}
        set={(wouldGrant) => set({ wouldGrant })}
      />
      <div className="row-form">
        <Button type="primary" danger htmlType="submit" disabled={sending}>
          {say('rqSend')}
        </Button>
      </div>
    </form>
  );
}
