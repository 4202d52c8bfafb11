import type { ReactNode } from 'react';
import { TextField } from '../parts/TextField.tsx';
import { useWords } from '../words/words.ts';

interface Reference {
  readonly reference: string;
  readonly clause: string;
}

/** The document that a department refers to as its legal basis, and the clause in it. */
export function ReferenceFields(props: {
  readonly value: Reference;
  readonly set: (change: Partial<Reference>) => void;
  /** default: true */
  readonly required?: boolean;
}): ReactNode {
  const { value, set, required = true } = props;
  const { say } = useWords();
  return (
    <>
      <TextField
        label={say('rqReference')}
        required={required}
        maxLength={200}
        value={value.reference}
        set={(reference) => set({ reference })}
      />
      <TextField
        label={say('rqClause')}
        required={false}
        maxLength={100}
        value={value.clause}
        set={(clause) => set({ clause })}
      />
    </>
  );
}
