import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import { Field, Pick } from './Field.tsx';

/** A clerk's notes about the person at the counter. */
export type Presented = NonNullable<Schemas['TicketAsked']['counter']>;

const documents = ['resident-id', 'household-book', 'passport', 'residence-permit'] as const;
const presenters = ['self', 'guardian', 'agent'] as const;

/** The document presented, its holder, and the number of the application. */
export function PresentedFields(props: {
  readonly value: Presented;
  readonly change: (change: Partial<Presented>) => void;
}): ReactNode {
  const { value, change } = props;
  const { say } = useWords();
  return (
    <>
      <Pick
        label={say('counterDocument')}
        value={value.document}
        change={(picked) => change({ document: documents.find((one) => one === picked) ?? 'resident-id' })}
        options={documents.map((one) => ({ value: one, text: say(`doc_${one}`) }))}
      />
      <Pick
        label={say('counterPresented')}
        value={value.presentedBy}
        change={(picked) => change({ presentedBy: presenters.find((one) => one === picked) ?? 'self' })}
        options={presenters.map((one) => ({ value: one, text: say(`by_${one}`) }))}
      />
      <Field
        label={say('counterApplication')}
        value={value.application}
        change={(application) => change({ application })}
        required
        least={2}
        most={100}
      />
    </>
  );
}
