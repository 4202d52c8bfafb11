import { Button } from 'antd';
import type { ReactNode } from 'react';
import { SendRow } from '../parts/SendRow.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useDraft } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import type { ActForm } from './actForm.ts';

interface Missing {
  readonly item: string;
  readonly note: string;
}
const blank: Missing = { item: '', note: '' };

/** 一次性告知: all that is missing, in one list. */
export function ReturnForm({ view, sending, send }: ActForm): ReactNode {
  const { say } = useWords();
  const { value, set } = useDraft<{ readonly missing: readonly Missing[] }>(`return ${view.id}`, {
    missing: [blank],
  });
  const { missing } = value;
  const change = (at: number, to: Partial<Missing>): void =>
    set({ missing: missing.map((one, place) => (place === at ? { ...one, ...to } : one)) });
  return (
    <form
      className="form"
      aria-label={say('rqReturn')}
      onSubmit={(event) => {
        event.preventDefault();
        send({ act: 'return', missing: missing.map((one) => ({ ...one })) });
      }}
    >
      <p className="muted">{say('rqReturnLead')}</p>
      {missing.map(({ item, note }, at) => (
        <fieldset key={at} className="row-form">
          <TextField
            label={`${say('rqItem')} ${at + 1}`}
            maxLength={200}
            value={item}
            set={(to) => change(at, { item: to })}
          />
          <TextField
            label={`${say('rqNote')} ${at + 1}`}
            rows={2}
            value={note}
            set={(to) => change(at, { note: to })}
          />
          {missing.length > 1 ? (
            <Button onClick={() => set({ missing: missing.filter((_, place) => place !== at) })}>
              {say('rqRemoveItem', { n: at + 1 })}
            </Button>
          ) : null}
        </fieldset>
      ))}
      <SendRow disabled={sending}>
        <Button onClick={() => set({ missing: [...missing, blank] })}>{say('rqAddItem')}</Button>
      </SendRow>
    </form>
  );
}
