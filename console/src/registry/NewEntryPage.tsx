import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Proposed } from '../cases/Proposed.tsx';
import { sharingWords } from '../words/sharingWords.ts';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { SendRow } from '../parts/SendRow.tsx';
import { Select } from '../parts/Select.tsx';
import { TextField } from '../parts/TextField.tsx';
import { Unsent } from '../parts/Unsent.tsx';
import { useAct } from '../parts/useAct.ts';
import { useDraft } from '../parts/useDraft.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import type { Words } from '../words/zh.ts';
import { frequencies } from './CataloguePage.tsx';
import { entryFor, entryOf, typedEntry, type TypedEntry } from './entryForm.ts';

const line = 'npx datong catalogue apply entry.yaml';

/** An entry of the catalogue for a dataset, or a revision of an entry: sent to another person of the department, who agrees. */
export function NewEntryPage(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { dataset = '', from = '' } = filter;
  const found = useAnswer(`${dataset} ${from} ${turn}`, async (): Promise<TypedEntry> => {
    if (from !== '') return typedEntry((await get('/v1/catalogue/{entry}', { at: { entry: from } })).entry);
    const read = dataset === '' ? undefined : await get('/v1/datasets/{dataset}', { at: { dataset } });
    return entryFor(read?.dataset);
  });
  return (
    <Page
      title={say(from === '' ? 'neNew' : 'neRevise')}
      lead={say('neLead')}
      error={found.error}
      cli={line}
      actions={<Link to={addressOf('catalogue')}>{say('back')}</Link>}
    >
      {found.value === undefined ? null : (
        <EntryForm name={`${from} ${dataset}`} begin={found.value} isNew={from === ''} />
      )}
    </Page>
  );
}

type Choice = 'sharing' | 'manner' | 'openness' | 'updateFrequency' | 'dataClass';

const choices: Readonly<Record<Choice, readonly (readonly [value: string, text: keyof Words])[]>> = {
  sharing: (['unconditional', 'conditional', 'none'] as const).map((one) => [one, sharingWords[one]]),
  manner: (['table', 'file', 'interface'] as const).map((one) => [one, `mn_${one}`]),
  openness: (['open', 'conditional', 'closed'] as const).map((one) => [one, `on_${one}`]),
  updateFrequency: frequencies.map((one) => [one, `uf_${one}`]),
  dataClass: (['general', 'important'] as const).map((one) => [one, `dc_${one}`]),
};

function EntryForm(props: {
  readonly name: string;
  readonly begin: TypedEntry;
  readonly isNew: boolean;
}): ReactNode {
  const { name, begin, isNew } = props;
  const { say } = useWords();
  const { value, set, restored, sent, clear } = useDraft(`entry ${name}`, begin);
  const [proposed, setProposed] = useState<Schemas['Registration']>();
  const { act, sending, error } = useAct();
  const entry = entryOf(value);
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    if (entry === undefined) return;
    setProposed(undefined);
    act(
      (key) => post('/v1/catalogue', entry, { key }),
      (answered) => {
        sent();
        setProposed(answered);
      },
    );
  };
  const text = (member: Exclude<keyof TypedEntry, Choice>) => ({
    value: value[member],
    set: (typed: string) => set({ [member]: typed }),
  });
  const choice = (member: Choice, label: keyof Words): ReactNode => (
    <Select
      required
      label={say(label)}
      value={value[member]}
      set={(chosen) => set({ [member]: chosen })}
      options={[
        { value: '', text: '—' },
        ...choices[member].map(([one, word]) => ({ value: one, text: say(word) })),
      ]}
    />
  );
  return (
    <form className="form" onSubmit={submit} aria-label={say(isNew ? 'neNew' : 'neRevise')}>
      <Unsent shown={restored && proposed === undefined} clear={clear} />
      <section className="card form">
        {isNew ? (
          <TextField label={say('codeName')} hint={say('neIdHint')} maxLength={100} {...text('id')} />
        ) : null}
        <TextField label={say('titleZh')} maxLength={200} {...text('zh')} />
        <TextField label={say('titleEn')} maxLength={200} {...text('en')} />
        <TextField label={say('neAbstractZh')} rows={2} maxLength={1000} {...text('abstractZh')} />
        <TextField label={say('neAbstractEn')} rows={2} maxLength={1000} {...text('abstractEn')} />
        <TextField
          label={say('catKeywords')}
          hint={say('neLines')}
          rows={2}
          required={false}
          maxLength={800}
          {...text('keywords')}
        />
        <TextField
          label={say('catCategory')}
          hint={say('neCategoryHint')}
          maxLength={20}
          {...text('category')}
        />
      </section>
      <section className="card form">
        <div className="row-form">
          {choice('sharing', 'sharing')}
          {choice('manner', 'catManner')}
          {choice('openness', 'catOpenness')}
        </div>
        {value.sharing === 'conditional' ? (
          <TextField label={say('conditions')} maxLength={1000} {...text('conditions')} />
        ) : null}
        {value.sharing === 'none' ? (
          <TextField label={say('catBasis')} maxLength={1000} {...text('basis')} />
        ) : null}
        <div className="row-form">
          {choice('updateFrequency', 'catFrequency')}
          {choice('dataClass', 'catClass')}
        </div>
      </section>
      <section className="card form">
        <TextField label={say('catSource')} maxLength={200} {...text('sourceSystem')} />
        <TextField label={say('catOffice')} maxLength={200} {...text('office')} />
        <TextField label={say('catContact')} maxLength={200} {...text('contact')} />
        <TextField
          label={say('neDatasets')}
          hint={say('neLines')}
          rows={2}
          required={false}
          maxLength={5000}
          {...text('datasets')}
        />
        <TextField label={say('catSameData')} required={false} maxLength={1000} {...text('sameData')} />
      </section>
      <Proposed of={proposed} error={error} cli={line} />
      <SendRow disabled={sending || proposed !== undefined} />
    </form>
  );
}
