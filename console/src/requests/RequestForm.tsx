import { Button } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { Select } from '../parts/Select.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import type { Act } from '../parts/useAct.ts';
import { Unsent } from '../parts/Unsent.tsx';
import { useDraft, type Draft } from '../parts/useDraft.ts';
import { addressOf, go } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { FieldGrid } from './FieldGrid.tsx';
import { DigestField, PapersFields, papersOf } from './PapersFields.tsx';
import { Renewal } from './Renewal.tsx';
import { TemplateChoice } from './TemplateChoice.tsx';
import { ReferenceFields } from './ReferenceFields.tsx';
import { usePurposes } from './usePurposes.ts';
import { agreementOf, beginAsking, termOf, type Asking } from './agreementOf.ts';

const maxTitle = 200;
const bases = ['statutory', 'consent', 'contract', 'emergency', 'public-disclosed'] as const;

/**
 * One form, one button. No field is requested until it is chosen, because each field needs a purpose (minimum necessary); unconditional data
 * offers no choice.
 */
export function RequestForm(props: {
  readonly dataset: Schemas['DatasetView'];
  readonly consumers: readonly string[];
  readonly doing: Act;
  /** `agr-2026-0042@3`, the agreement whose next version is requested */
  readonly renews: string;
}): ReactNode {
  const { dataset, consumers, doing, renews } = props;
  const { say, pick } = useWords();
  const { turn } = useSession();
  const { name } = useDepartments();
  const purposes = usePurposes();
  const tried = useAnswer(`masks ${dataset.id} ${turn}`, () =>
    post('/v1/datasets/{dataset}/mask-trials', { fields: {} }, { at: { dataset: dataset.id } }),
  );
  const draft = useDraft<Asking>(`request ${dataset.id} ${renews}`, beginAsking(consumers[0] ?? ''), true);
  const { value, set } = draft;
  if (tried.value === undefined || purposes.all === undefined)
    return <NotLoaded dataset={dataset.id} triedError={tried.error} purposesError={purposes.error} />;
  const usualTitle = (purpose: string): string =>
    purpose === ''
      ? ''
      : say('rqUsualTitle', { dataset: pick(dataset.title), purpose: purposes.name(purpose) }).slice(
          0,
          maxTitle,
        );
  // a title that the person typed, or that a template has, stays
  const choosePurpose = (purpose: string): void =>
    set(value.title === usualTitle(value.purpose) ? { purpose, title: usualTitle(purpose) } : { purpose });
  const automatic = dataset.sharing.type === 'unconditional' && dataset.opened;
  const { fields, subject } = tried.value;
  const rules = value.fields ?? {};
  const noField = !automatic && Object.keys(rules).length === 0;
  const sensitive = fields.some((field) => field.personal === 'sensitive' && field.name in rules);
  const submit = (): void => {
    const asked = { ...value, fields: rules };
    const agreement = {
      dataset: dataset.id,
      provider: dataset.department,
      schema: tried.value?.schema ?? '',
      subject,
      renews,
    };
    const body = automatic
      ? {
          automatic: {
            dataset: dataset.id,
            consumer: value.consumer,
            purpose: value.purpose,
            valid: termOf(value),
          },
          papers: papersOf(value),
        }
      : { document: agreementOf(asked, agreement), papers: papersOf(value) };
    doing.act(
      (key) => post('/v1/requests', body as Schemas['DataRequest'], { key }),
      (view) => {
        draft.sent();
        go(addressOf('requests', [view.id]));
      },
    );
  };
  return (
    <form
      className="form"
      aria-label={say('rqNew')}
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Unsent shown={draft.restored} clear={draft.clear} />
      <section className="card form">
        <div className="row-form">
          <Select
            label={say('rqConsumer')}
            value={value.consumer}
            set={(consumer) => set({ consumer })}
            options={consumers.map((code) => ({ value: code, text: name(code) }))}
          />
          <Select
            required
            label={say('rqPurpose')}
            value={value.purpose}
            set={choosePurpose}
            options={[
              { value: '', text: say('rqPurposePick') },
              ...purposes.all.map(({ code, title }) => ({
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
              value={value.until}
              onChange={({ target }) => set({ until: target.value })}
            />
          </label>
        </div>
        {automatic ? (
          <p>{say('rqAutomatic')}</p>
        ) : (
          <>
            <Beginning dataset={dataset.id} renews={renews} value={value} set={set} />
            <TitleAndBasis value={value} set={set} />
          </>
        )}
      </section>
      {automatic ? null : (
        <RequestedFields dataset={dataset.id} tried={tried.value} value={value} set={set} />
      )}
      <section className="card form">
        <h2>{say('rqPapers')}</h2>
        <PapersFields value={value} set={set} />
        {sensitive && !automatic ? (
          <DigestField
            required
            label={say('rqAssessment')}
            value={value.assessment}
            set={(assessment) => set({ assessment })}
          />
        ) : null}
      </section>
      <div className="row-form">
        {noField ? <span role="status">{say('rqNoField')}</span> : null}
        <Button type="primary" size="large" htmlType="submit" disabled={doing.sending || noField}>
          {say('rqSend')}
        </Button>
      </div>
    </form>
  );
}

/** What the form needs is being read, or could not be read. */
function NotLoaded(props: {
  readonly dataset: string;
  readonly triedError: unknown;
  readonly purposesError: unknown;
}): ReactNode {
  const { dataset, triedError, purposesError } = props;
  const { say } = useWords();
  if (triedError === undefined && purposesError === undefined) return <p>{say('loading')}</p>;
  return (
    <Refusal
      error={triedError ?? purposesError}
      cli={
        triedError === undefined
          ? asCall('GET /v1/purposes')
          : asCall('POST /v1/datasets/{dataset}/mask-trials', { at: { dataset } }, { fields: {} })
      }
    />
  );
}

interface PartProps {
  readonly value: Asking;
  readonly set: Draft<Asking>['set'];
}

/** What the agreement begins with: a template, or its last version. */
function Beginning(props: PartProps & { readonly dataset: string; readonly renews: string }): ReactNode {
  const { dataset, renews, value, set } = props;
  return renews === '' ? (
    <TemplateChoice dataset={dataset} value={value} set={set} />
  ) : (
    <Renewal agreement={renews.split('@')[0] ?? ''} dataset={dataset} value={value} set={set} />
  );
}

function TitleAndBasis({ value, set }: PartProps): ReactNode {
  const { say } = useWords();
  return (
    <>
      <TextField
        label={say('rqTitle')}
        maxLength={maxTitle}
        value={value.title}
        set={(title) => set({ title })}
      />
      <div className="row-form">
        <Select
          label={say('rqBasis')}
          value={value.basis}
          set={(basis) => set({ basis })}
          options={bases.map((one) => ({ value: one, text: say(`bt_${one}`) }))}
        />
        <ReferenceFields value={value} set={set} required={value.basis !== 'consent'} />
      </div>
    </>
  );
}

/** Which fields are requested, each with its reason, and whether rows are looked up by their subject. */
function RequestedFields(
  props: PartProps & { readonly dataset: string; readonly tried: Schemas['MasksTried'] },
): ReactNode {
  const { dataset, tried, value, set } = props;
  const { say, pick } = useWords();
  const { fields, subject } = tried;
  const subjectTitle = fields.find(({ name }) => name === subject)?.title;
  return (
    <section className="card">
      <h2>{say('rqGrid')}</h2>
      {subject === undefined || value.begun !== undefined ? null : (
        <label>
          <input
            type="checkbox"
            checked={value.lookup}
            onChange={({ target }) => set({ lookup: target.checked })}
          />{' '}
          {say('rqLookup', { field: pick(subjectTitle) })}
        </label>
      )}
      <p className="muted">{say('rqGridLead')}</p>
      <FieldGrid
        dataset={dataset}
        rules={value.fields ?? {}}
        set={(chosen) => set({ fields: chosen })}
        reasons={value.reasons ?? {}}
        setReasons={(reasons) => set({ reasons })}
      />
    </section>
  );
}
