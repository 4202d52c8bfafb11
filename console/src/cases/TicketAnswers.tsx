import { Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Pick } from '../parts/Field.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { SendRow } from '../parts/SendRow.tsx';
import { TextField } from '../parts/TextField.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import type { Act } from '../parts/useAct.ts';
import { useDraft } from '../parts/useDraft.ts';
import { hasRole, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { holdsRows } from '../parts/holdsRows.ts';

type View = Schemas['TicketView'];
interface Answering {
  readonly view: View;
  readonly sending: boolean;
  readonly send: (answer: Schemas['TicketAnswer']) => void;
}

/** The provider corrects or explains, and the person who opened the ticket withdraws it; the result stays on the page. */
export function TicketAnswers(props: {
  readonly view: View;
  readonly doing: Act;
  readonly again: () => void;
}): ReactNode {
  const { view, doing, again } = props;
  const { say } = useWords();
  const { session } = useSession();
  const [open, setOpen] = useState<'mend' | 'explain'>();
  if (view.state !== 'open' || !hasRole(session, ['steward'])) return null;
  const send = (answer: Schemas['TicketAnswer']): void =>
    doing.act((key) => post('/v1/tickets/{ticket}/answer', answer, { at: { ticket: view.id }, key }), again);
  const answering = { view, sending: doing.sending, send };
  if (view.as === 'opener' && view.origin === 'own') return <p role="note">{say('tkOfPerson')}</p>;
  if (view.as === 'opener') {
    return (
      <section className="card no-print" aria-label={say('rqAct')}>
        <TwoSteps
          danger
          label={say('tkWithdraw')}
          sure={say('tkWithdrawSure')}
          disabled={doing.sending}
          act={() => send({ act: 'withdraw' })}
        />
      </section>
    );
  }
  if (view.as !== 'provider') return null;
  return (
    <section className="card no-print" aria-label={say('rqAct')}>
      <h2>{say('tkAnswer')}</h2>
      <div className="row-form">
        {(['mend', 'explain'] as const).map((one) => (
          <Button
            key={one}
            aria-expanded={open === one}
            onClick={() => setOpen(open === one ? undefined : one)}
          >
            {say(`tkAct_${one}`)}
          </Button>
        ))}
      </div>
      {open === 'mend' ? <MendForm {...answering} /> : null}
      {open === 'explain' ? <ExplainForm {...answering} /> : null}
    </section>
  );
}

/** Names the batch that corrected the data: one that arrived after the ticket. */
function MendForm({ view, sending, send }: Answering): ReactNode {
  const { say, when } = useWords();
  const { turn } = useSession();
  const { dataset, opened } = view;
  const found = useAnswer(`batches ${dataset} ${turn}`, () => get('/v1/batches', { query: { dataset } }));
  const live = useAnswer(`mode ${dataset} ${turn}`, () =>
    get('/v1/datasets/{dataset}', { at: { dataset } }).then((answer) => !holdsRows(answer.dataset)),
  );
  const [batch, setBatch] = useState('');
  const fit = (found.value?.batches ?? []).filter(
    ({ state, openedAt = '' }) => (state === 'published' || state === 'superseded') && openedAt > opened,
  );
  return (
    <form
      className="form"
      aria-label={say('tkAct_mend')}
      onSubmit={(event) => {
        event.preventDefault();
        send({ act: 'mend', ...(batch === '' ? {} : { batch }) });
      }}
    >
      <Refusal error={found.error} cli={asCall('GET /v1/batches', { query: { dataset } })} />
      <Refusal error={live.error} cli={asCall('GET /v1/datasets/{dataset}', { at: { dataset } })} />
      {live.value === true ? (
        <p>{say('tkLive')}</p>
      ) : found.value === undefined ? (
        found.error === undefined ? (
          <p role="note">{say('loading')}</p>
        ) : null
      ) : fit.length === 0 ? (
        <p role="note">{say('tkNoBatch')}</p>
      ) : (
        <Pick
          label={say('tkBatch')}
          value={batch}
          change={setBatch}
          none={say('tkPickBatch')}
          options={fit.map((one) => ({
            value: one.batch,
            text: `${when(one.openedAt)} · ${one.fileName ?? one.batch}`,
          }))}
        />
      )}
      <p className="muted">{say('tkMendNote')}</p>
      <SendRow disabled={sending || live.value === undefined || (!live.value && batch === '')} />
    </form>
  );
}

function ExplainForm({ view, sending, send }: Answering): ReactNode {
  const { say } = useWords();
  const draft = useDraft(`explain ${view.id}`, { reason: '' });
  return (
    <form
      className="form"
      aria-label={say('tkAct_explain')}
      onSubmit={(event) => {
        event.preventDefault();
        send({ act: 'explain', reason: draft.value.reason });
      }}
    >
      <TextField
        label={say('tkReason')}
        hint={say('noNames')}
        rows={3}
        value={draft.value.reason}
        set={(reason) => draft.set({ reason })}
      />
      <SendRow disabled={sending} />
    </form>
  );
}
