import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { get, post } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Field, Pick } from '../parts/Field.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { PresentedFields, type Presented } from '../parts/PresentedFields.tsx';
import { SendRow } from '../parts/SendRow.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useAct } from '../parts/useAct.ts';
import { Unsent } from '../parts/Unsent.tsx';
import { useDraft } from '../parts/useDraft.ts';
import { addressOf, go, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

/** Reports wrong or missing data of a dataset or of one answer, for the person's own department or for a person at the counter. */
export function NewTicketPage(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { exchange = '' } = filter;
  const draft = useDraft(`ticket ${exchange} ${filter['dataset'] ?? ''}`, {
    dataset: filter['dataset'] ?? '',
    field: '',
    claim: '',
    application: '',
  });
  const { dataset, field, claim, application } = draft.value;
  // an identifier is never stored: it exists in this page's memory only
  const [key, setKey] = useState('');
  const [forWhom, setForWhom] = useState<'department' | 'counter'>('department');
  const [{ document, presentedBy }, setShownBy] = useState<Omit<Presented, 'application'>>({
    document: 'resident-id',
    presentedBy: 'self',
  });
  const { act, sending, error } = useAct();
  const datasets = useAnswer(`datasets ${turn}`, () =>
    everyPage(
      (cursor) => get('/v1/datasets', { query: { limit: '200', cursor } }),
      (page) => page.datasets,
    ),
  );
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const asked = {
      claim,
      ...(exchange === '' ? {} : { exchange }),
      ...(dataset === '' ? {} : { dataset }),
      ...(field === '' ? {} : { field }),
      ...(key === '' ? {} : { key }),
      ...(forWhom === 'counter' ? { counter: { document, presentedBy, application } } : {}),
    };
    act(
      (sent) => post('/v1/tickets', asked, { key: sent }),
      ({ id }) => {
        draft.sent();
        go(addressOf('tickets', [id]), true);
      },
    );
  };
  return (
    <Page
      title={say('tkNew')}
      lead={say('tkNewLead')}
      error={error ?? datasets.error}
      cli="npx datong ticket open --dataset DATASET --key FILE --claim TEXT"
      actions={<Link to={addressOf('tickets')}>{say('back')}</Link>}
    >
      <form className="card form" onSubmit={submit} aria-label={say('tkNew')}>
        <Unsent shown={draft.restored} clear={draft.clear} />
        <div className="filters">
          <Pick
            label={say('tkForWhom')}
            value={forWhom}
            change={(picked) => setForWhom(picked === 'counter' ? 'counter' : 'department')}
            options={(['department', 'counter'] as const).map((value) => ({
              value,
              text: say(`tkOrigin_${value}`),
            }))}
          />
          {exchange === '' ? (
            <Pick
              label={say('dataset')}
              value={dataset}
              change={(picked) => draft.set({ dataset: picked })}
              none={say('tkPickDataset')}
              options={(datasets.value ?? []).map(({ id }) => ({ value: id, text: id }))}
            />
          ) : null}
          <Field
            label={say('tkField')}
            value={field}
            change={(typed) => draft.set({ field: typed })}
            most={63}
          />
          <Field label={say('tkKey')} value={key} change={setKey} required={exchange === ''} most={100} />
        </div>
        {exchange === '' ? null : (
          <p>
            {say('exchangeId')}
            {say('pointColon')}
            <code>{exchange}</code>
          </p>
        )}
        {forWhom === 'department' ? null : (
          <div className="filters">
            <PresentedFields
              value={{ document, presentedBy, application }}
              change={({ application: typed, ...change }) => {
                if (typed !== undefined) draft.set({ application: typed });
                setShownBy((before) => ({ ...before, ...change }));
              }}
            />
          </div>
        )}
        <TextField
          label={say('tkClaim')}
          hint={say('noNames')}
          rows={3}
          value={claim}
          set={(typed) => draft.set({ claim: typed })}
        />
        <p className="muted">{say('tkTextNote')}</p>
        <SendRow disabled={sending || (exchange === '' && dataset === '')} />
      </form>
    </Page>
  );
}
