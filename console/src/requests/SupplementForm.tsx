import type { ReactNode } from 'react';
import { useDraft } from '../parts/useDraft.ts';
import { SendRow } from '../parts/SendRow.tsx';
import { useWords } from '../words/words.ts';
import type { ActForm } from './actForm.ts';
import { FieldGrid } from './FieldGrid.tsx';
import { EventContent } from './History.tsx';
import { PapersFields, papersOf, type Papers } from './PapersFields.tsx';
import { changedGrants, documentOf, wantedIn, type Reasons, type Rules } from './wanted.ts';

/** Submits what was missing: papers, and other fields or masks where they were the fault. */
export function SupplementForm({ view, sending, send }: ActForm): ReactNode {
  const { say } = useWords();
  const wanted = wantedIn(view.document);
  const { reason, volume = '', commitment, basisText = '' } = view.papers;
  const { value, set } = useDraft<
    Papers & { readonly fields: readonly Rules[]; readonly reasons: readonly Reasons[] }
  >(`supplement ${view.id}`, {
    reason,
    volume,
    commitment,
    basisText,
    fields: wanted.grants.map(({ fields }) => fields),
    reasons: wanted.grants.map(({ reasons = {} }) => reasons),
  });
  const asked = view.events.findLast(({ act }) => act === 'return');
  return (
    <form
      className="form"
      aria-label={say('rqSupplement')}
      onSubmit={(event) => {
        event.preventDefault();
        const grants = changedGrants(wanted, value.fields, value.reasons);
        send({
          act: 'supplement',
          papers: papersOf(value),
          ...(grants === undefined ? {} : { document: documentOf({ ...wanted, grants }) }),
        });
      }}
    >
      {asked === undefined ? null : <EventContent of={asked} />}
      {wanted.grants.map(({ dataset, fields }, at) => (
        <FieldGrid
          key={at}
          dataset={dataset}
          rules={value.fields[at] ?? fields}
          set={(rules) => set({ fields: value.fields.map((one, place) => (place === at ? rules : one)) })}
          reasons={value.reasons[at] ?? {}}
          setReasons={(reasons) =>
            set({ reasons: value.reasons.map((one, place) => (place === at ? reasons : one)) })
          }
          // a request from before reasons were asked for is supplemented without them
          mayOmitReasons={wanted.grants[at]?.reasons === undefined}
        />
      ))}
      <PapersFields value={value} set={set} />
      <SendRow disabled={sending} />
    </form>
  );
}
