import { Alert, Button } from 'antd';
import { useState, type ReactNode } from 'react';
import { agreementNumber, firstAgreement, usualFilter } from '../../../terms/firstAgreement.ts';
import type { Bilingual } from '../../../terms/bilingual.ts';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Boxes } from '../parts/Boxes.tsx';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { primaryKeyOf } from '../parts/primaryKeyOf.ts';
import { saveFile } from '../parts/saveFile.ts';
import { dayInChina, inChina } from '../../../terms/civilDate.ts';
import { isTerm } from '../pages/CellTable.tsx';
import { Select } from '../parts/Select.tsx';
import { TextField } from '../parts/TextField.tsx';
import { TwoSteps } from '../parts/TwoSteps.tsx';
import { Unsent } from '../parts/Unsent.tsx';
import { useAct, type Act } from '../parts/useAct.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { useDraft } from '../parts/useDraft.ts';
import { addressOf, go, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { FieldGrid } from './FieldGrid.tsx';
import { ReferenceFields } from './ReferenceFields.tsx';
import { usePurposes } from './usePurposes.ts';
import type { Reasons, Rules } from './wanted.ts';

interface Typed {
  readonly consumer: string;
  readonly purpose: string;
  readonly reference: string;
  readonly clause: string;
  readonly until: string;
  readonly id: string;
  readonly fields: Rules;
  readonly reasons?: Reasons;
  /** absent: the usual ones */
  readonly filterBy?: readonly string[];
  /** absent: none */
  readonly lookupBy?: readonly string[];
}
const nothing: Typed = {
  consumer: '',
  purpose: '',
  reference: '',
  clause: '',
  until: '',
  id: '',
  fields: {},
};

/**
 * A first agreement over a dataset, as `datong policy create`: no field is given until it is chosen, and the hub checks the whole before
 * anyone signs.
 */
export function NewAgreementPage(): ReactNode {
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { dataset = '' } = filter;
  const found = useAnswer(`${dataset} ${turn}`, async () => {
    if (dataset === '') return undefined;
    const shown = await get('/v1/datasets/{dataset}', { at: { dataset } });
    const version = await get('/v1/schemas/{schema}', { at: { schema: shown.dataset.schema } });
    return { dataset: shown.dataset, document: version.document };
  });
  const doing = useAct();
  const shown = found.value;
  return (
    <Page
      title={shown === undefined ? say('naNew') : `${say('naNew')} · ${pick(shown.dataset.title)}`}
      lead={say('naLead')}
      error={doing.error ?? found.error}
      cli={`npx datong policy create ${dataset === '' ? 'DATASET' : dataset}`}
      actions={<Link to={addressOf('datasets', dataset === '' ? [] : [dataset])}>{say('back')}</Link>}
    >
      {shown === undefined ? (
        dataset === '' ? (
          <p role="status">{say('naNoDataset')}</p>
        ) : null
      ) : (
        <AgreementForm {...shown} doing={doing} />
      )}
    </Page>
  );
}

function AgreementForm(props: {
  readonly dataset: Schemas['DatasetView'];
  readonly document: Schemas['SharedSchema'];
  readonly doing: Act;
}): ReactNode {
  const { dataset, document: schema, doing } = props;
  const { say, pick } = useWords();
  const { options } = useDepartments();
  const purposes = usePurposes();
  const draft = useDraft<Typed>(`agreement ${dataset.id}`, nothing, true);
  const [checked, setChecked] = useState<{ readonly document: object; readonly loosens: number }>();
  const { value } = draft;
  const set = (change: Partial<Typed>): void => {
    setChecked(undefined);
    draft.set(change);
  };
  const [, , name = '', version = ''] = dataset.schema.split(':');
  const keys = primaryKeyOf(schema);
  const titles = (schema.properties ?? {}) as Readonly<Record<string, { readonly 'x-title'?: Bilingual }>>;
  const optionsOf = (
    fields: readonly string[],
  ): readonly { readonly value: string; readonly text: string }[] =>
    fields.map((field) => ({ value: field, text: pick(titles[field]?.['x-title']) || field }));
  const clear = Object.entries(value.fields).flatMap(([field, { mask }]) =>
    mask === 'clear' ? [field] : [],
  );
  const filterBy = (value.filterBy ?? usualFilter(keys, value.fields)).filter((one) => clear.includes(one));
  const lookupBy = (value.lookupBy ?? []).filter((one) => value.fields[one] !== undefined);
  const check = (): void => {
    const document = firstAgreement(
      {
        ...value,
        dataset: dataset.id,
        schema: `${name}@${version.split('.')[0] ?? ''}`,
        filterBy,
        lookupBy,
        title: '',
        from: inChina(Date.now()),
      },
      dataset.title,
    );
    doing.act(
      () => post('/v1/policy/trials', { document }),
      ({ loosens }) => setChecked({ document, loosens: openedFields(loosens) }),
    );
  };
  return (
    <>
      <form
        className="form"
        aria-label={say('naNew')}
        onSubmit={(event) => {
          event.preventDefault();
          check();
        }}
      >
        <Unsent
          shown={draft.restored}
          clear={() => {
            setChecked(undefined);
            return draft.clear();
          }}
        />
        <section className="card form">
          <div className="row-form">
            <Select
              required
              label={say('naConsumer')}
              value={value.consumer}
              set={(consumer) => set({ consumer })}
              options={[
                { value: '', text: '—' },
                ...options.filter((one) => one.value !== dataset.department),
              ]}
            />
            <Select
              required
              label={say('rqPurpose')}
              value={value.purpose}
              set={(purpose) => set({ purpose })}
              options={[
                { value: '', text: say('rqPurposePick') },
                ...(purposes.all ?? []).map(({ code, title }) => ({
                  value: code,
                  text: `${pick(title)}${say('pointOpen')}${code}${say('pointClose')}`,
                })),
              ]}
            />
            <label className="choice">
              <span>{say('rqUntil')}</span>
              <input
                type="date"
                required
                min={dayInChina(Date.now())}
                value={value.until}
                onChange={({ target }) => set({ until: target.value })}
              />
            </label>
          </div>
          <div className="row-form">
            <ReferenceFields value={value} set={set} />
            <TextField
              label={say('naNumber')}
              hint={value.consumer === '' ? '' : agreementNumber(value.consumer, dataset.id)}
              required={false}
              maxLength={60}
              value={value.id}
              set={(id) => set({ id })}
            />
          </div>
        </section>
        <section className="card">
          <h2>{say('rqGrid')}</h2>
          <p className="muted">{say('naGridLead')}</p>
          <FieldGrid
            dataset={dataset.id}
            rules={value.fields}
            set={(fields) => set({ fields })}
            reasons={value.reasons ?? {}}
            setReasons={(reasons) => set({ reasons })}
            // the consumer states them where it makes a request; here they may be left out as a whole
            mayOmitReasons
          />
          <Boxes
            className="below-table"
            legend={say('naFilter')}
            options={optionsOf(clear)}
            chosen={filterBy}
            set={(chosen) => set({ filterBy: chosen })}
          />
          <Boxes
            className="below-table"
            legend={say('naLookup')}
            options={optionsOf(Object.keys(value.fields))}
            chosen={lookupBy}
            set={(chosen) => set({ lookupBy: chosen })}
          />
        </section>
        <div className="row-form">
          {Object.keys(value.fields).length === 0 ? <span role="status">{say('rqNoField')}</span> : null}
          <Button
            type="primary"
            htmlType="submit"
            disabled={doing.sending || Object.keys(value.fields).length === 0}
          >
            {say('ndCheck')}
          </Button>
        </div>
      </form>
      {checked === undefined ? null : <CheckedAgreement {...checked} doing={doing} sent={draft.sent} />}
    </>
  );
}

/** The department's key signs elsewhere; a mandate lets a person sign here, on the agreement's own page. */
function CheckedAgreement(props: {
  readonly document: object;
  readonly loosens: number;
  readonly doing: Act;
  readonly sent: () => void;
}): ReactNode {
  const { document, loosens, doing, sent } = props;
  const { say } = useWords();
  const { name } = useDepartments();
  const { id, provider, consumer } = document as {
    readonly id: string;
    readonly provider: string;
    readonly consumer: string;
  };
  const file = `${id}.yaml`;
  const submit = (): void =>
    doing.act(
      (key) => post('/v1/policy/documents', { document: document as Schemas['PolicyDocument'] }, { key }),
      () => {
        sent();
        go(addressOf('agreements', [id, '1']));
      },
    );
  return (
    <section className="card">
      <Alert
        role="status"
        type="success"
        showIcon
        title={say('naHolds', { count: loosens })}
        description={say('naSigns', { provider: name(provider), consumer: name(consumer) })}
      />
      <p>{say('naByKey')}</p>
      <CommandLine label={say('naSign')} line={`npx datong policy sign ${file}`} />
      <CommandLine
        label={say('naSubmitLine')}
        line={`npx datong catalogue apply ${file} --signature ${id}.1.${provider}.sig.json ${id}.1.${consumer}.sig.json`}
      />
      <div className="row-form">
        <TwoSteps
          label={say('naSubmit')}
          sure={say('naSubmitSure', { id })}
          disabled={doing.sending}
          act={submit}
        />
        <Button
          onClick={() =>
            saveFile(new Blob([JSON.stringify(document, undefined, 2)], { type: 'text/plain' }), file)
          }
        >
          {say('naSave')}
        </Button>
      </div>
    </section>
  );
}

/** Number of fields that a document opens; its terms, such as `(rows)`, do not count. */
const openedFields = (loosens: readonly Schemas['PolicyCell'][]): number =>
  new Set(loosens.filter((one) => !isTerm(one)).map(({ cell }) => cell)).size;
