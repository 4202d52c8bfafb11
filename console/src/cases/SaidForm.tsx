import type { ReactNode } from 'react';
import { SendRow } from '../parts/SendRow.tsx';
import { TextField } from '../parts/TextField.tsx';
import { Unsent } from '../parts/Unsent.tsx';
import { useDraft } from '../parts/useDraft.ts';
import { DigestField } from '../requests/PapersFields.tsx';
import { useWords } from '../words/words.ts';

interface Statement {
  readonly said: string;
  /** hex SHA-256 of the paper */
  readonly document: string;
}

/** One step of a dispute: a statement, and a paper whose digest is sent with it. */
export function StatementForm(props: {
  readonly label: string;
  /** the input is stored under this name until it is sent */
  readonly draft: string;
  readonly sending: boolean;
  readonly send: (statement: Statement, sent: () => void) => void;
}): ReactNode {
  const { label, draft, sending, send } = props;
  const { say } = useWords();
  const { value, set, restored, sent, clear } = useDraft<Statement>(draft, { said: '', document: '' });
  return (
    <form
      className="form"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        send(value, sent);
      }}
    >
      <Unsent shown={restored} clear={clear} />
      <TextField
        label={say('dpStatement')}
        hint={say('noNames')}
        rows={3}
        value={value.said}
        set={(said) => set({ said })}
      />
      <DigestField
        required
        label={say('dpPaperFile')}
        value={value.document}
        set={(document) => set({ document })}
      />
      <SendRow disabled={sending || value.document === ''} />
    </form>
  );
}
