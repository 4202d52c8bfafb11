import type { ReactNode } from 'react';
import { post } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { SendRow } from '../parts/SendRow.tsx';
import { Select } from '../parts/Select.tsx';
import { TextField } from '../parts/TextField.tsx';
import { Unsent } from '../parts/Unsent.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useDraft } from '../parts/useDraft.ts';
import { usePurposes } from '../requests/usePurposes.ts';
import { addressOf, go } from '../route.ts';
import { stewardDepartments, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** Data that the person's department needs and no department offers. */
export function NewDemandPage(): ReactNode {
  const { say, pick } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  const purposes = usePurposes();
  const { act, sending, error } = useAct();
  const own = stewardDepartments(session);
  const { value, set, restored, sent, clear } = useDraft(
    'demand',
    {
      consumer: own[0] ?? '',
      title: '',
      fields: '',
      purpose: '',
      reason: '',
    },
    true,
  );
  const fields = value.fields.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  return (
    <Page
      title={say('dmNew')}
      lead={say('dmNewLead')}
      error={error ?? purposes.error}
      cli="npx datong request demand make TITLE --department CODE --fields … --purpose CODE --reason TEXT"
      actions={
        <>
          <Link to={addressOf('catalogue')}>{say('rqToCatalogue')}</Link>
          <Link to={addressOf('demands')}>{say('back')}</Link>
        </>
      }
    >
      {own.length === 0 ? (
        <p role="status">{say('dmNotSteward')}</p>
      ) : (
        <form
          className="card form"
          aria-label={say('dmNew')}
          onSubmit={(event) => {
            event.preventDefault();
            act(
              (key) => post('/v1/demands', { ...value, fields }, { key }),
              ({ id }) => {
                sent();
                go(addressOf('demands', [id]), true);
              },
            );
          }}
        >
          <Unsent shown={restored} clear={clear} />
          <div className="row-form">
            <Select
              label={say('dmConsumer')}
              required
              value={value.consumer}
              set={(consumer) => set({ consumer })}
              options={own.map((code) => ({ value: code, text: name(code) }))}
            />
            <Select
              label={say('dmPurpose')}
              required
              value={value.purpose}
              set={(purpose) => set({ purpose })}
              options={[
                { value: '', text: say('choose') },
                ...(purposes.all ?? []).map((one) => ({ value: one.code, text: pick(one.title) })),
              ]}
            />
          </div>
          <TextField
            label={say('dmTitle')}
            maxLength={100}
            value={value.title}
            set={(title) => set({ title })}
          />
          <TextField
            label={say('dmFields')}
            hint={say('dmFieldsHint')}
            rows={4}
            maxLength={5000}
            value={value.fields}
            set={(to) => set({ fields: to })}
          />
          <TextField
            label={say('dmReason')}
            hint={say('noNames')}
            rows={3}
            maxLength={500}
            value={value.reason}
            set={(reason) => set({ reason })}
          />
          <SendRow disabled={sending || fields.length === 0} />
        </form>
      )}
    </Page>
  );
}
