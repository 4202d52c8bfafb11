import type { ReactNode } from 'react';
import { SendRow } from '../parts/SendRow.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useDraft } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import type { ActForm } from './actForm.ts';
import { FieldGrid } from './FieldGrid.tsx';
import { documentOf, grantsWith, wantedIn, type Rules } from './wanted.ts';

/** A counter-offer: the same agreement with fewer fields or coarser masks. */
export function OfferForm({ view, sending, send }: ActForm): ReactNode {
  const { say } = useWords();
  const wanted = wantedIn(view.document);
  const { value, set } = useDraft<{ readonly reason: string; readonly fields: readonly Rules[] }>(
    `offer ${view.id}`,
    {
      reason: '',
      fields: wanted.grants.map(({ fields }) => fields),
    },
  );
  return (
    <form
      className="form"
      aria-label={say('rqOffer')}
      onSubmit={(event) => {
        event.preventDefault();
        const grants = grantsWith(wanted, value.fields);
        send({ act: 'offer', reason: value.reason, document: documentOf({ ...wanted, grants }) });
      }}
    >
      <p className="muted">{say('rqOfferLead')}</p>
      {wanted.grants.map(({ dataset, fields, reasons = {} }, at) => (
        <FieldGrid
          key={at}
          dataset={dataset}
          rules={value.fields[at] ?? fields}
          set={(rules) => set({ fields: value.fields.map((one, place) => (place === at ? rules : one)) })}
          reasons={reasons}
        />
      ))}
      <TextField label={say('whyReason')} rows={2} value={value.reason} set={(reason) => set({ reason })} />
      <SendRow disabled={sending} />
    </form>
  );
}
