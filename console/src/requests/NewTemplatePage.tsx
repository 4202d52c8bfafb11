import { useState, type ReactNode } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Proposed } from '../cases/Proposed.tsx';
import { Field } from '../parts/Field.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { SendRow } from '../parts/SendRow.tsx';
import { TextField } from '../parts/TextField.tsx';
import { Unsent } from '../parts/Unsent.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDraft } from '../parts/useDraft.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { wantedIn, type Wanted } from './wanted.ts';

/** A template from a request: its purposes, basis, matters and grants, without its parties and day. */
export function NewTemplatePage(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { from = '' } = filter;
  const found = useAnswer(`template of ${from} ${turn}`, () =>
    from === '' ? Promise.resolve(undefined) : get('/v1/requests/{request}', { at: { request: from } }),
  );
  return (
    <Page
      title={say('rtNew')}
      lead={say('rtNewLead')}
      error={found.error}
      cli="npx datong catalogue apply template.yaml"
      actions={<Link to={addressOf('templates')}>{say('back')}</Link>}
    >
      {from === '' ? <p role="status">{say('rtFromRequest')}</p> : null}
      {found.value === undefined ? null : (
        <TemplateForm from={from} wanted={wantedIn(found.value.document)} />
      )}
    </Page>
  );
}

function TemplateForm({ from, wanted }: { readonly from: string; readonly wanted: Wanted }): ReactNode {
  const { say } = useWords();
  const { title, purposes, basis, grants } = wanted;
  const { value, set, restored, sent, clear } = useDraft(
    `template ${from}`,
    {
      code: '',
      zh: title?.zh ?? '',
      en: title?.en ?? '',
      days: '365',
    },
    true,
  );
  const [proposed, setProposed] = useState<Schemas['Registration']>();
  const { act, sending, error } = useAct();
  const template = (): Schemas['RequestTemplate'] => ({
    code: value.code,
    title: { zh: value.zh, en: value.en },
    days: Number(value.days),
    purposes: [...purposes],
    basis: basis as Schemas['RequestTemplate']['basis'],
    ...(Array.isArray(wanted['matters'])
      ? { matters: wanted['matters'] as Schemas['TemplateMatter'][] }
      : {}),
    grants: grants.map((grant) => ({ ...grant })),
  });
  return (
    <form
      className="card form"
      aria-label={say('rtNew')}
      onSubmit={(event) => {
        event.preventDefault();
        setProposed(undefined);
        act(
          (key) => post('/v1/request-templates', template(), { key }),
          (answered) => {
            sent();
            setProposed(answered);
          },
        );
      }}
    >
      <Unsent shown={restored && proposed === undefined} clear={clear} />
      <Field label={say('codeName')} value={value.code} change={(code) => set({ code })} required most={60} />
      <TextField label={say('titleZh')} maxLength={200} value={value.zh} set={(zh) => set({ zh })} />
      <TextField label={say('titleEn')} maxLength={200} value={value.en} set={(en) => set({ en })} />
      <label className="choice">
        <span>{say('rtDays')}</span>
        <input
          type="number"
          required
          min={1}
          max={1095}
          value={value.days}
          onChange={({ target }) => set({ days: target.value })}
        />
      </label>
      <p className="digest">{grants.map(({ dataset }) => dataset).join(' ')}</p>
      <Proposed of={proposed} error={error} cli="npx datong catalogue apply template.yaml" />
      <SendRow disabled={sending || proposed !== undefined} />
    </form>
  );
}
