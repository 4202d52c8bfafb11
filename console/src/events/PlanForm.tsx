import { Button } from 'antd';
import type { ReactNode } from 'react';
import { get } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Select } from '../parts/Select.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { usePurposes } from '../requests/usePurposes.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { changed, emptyStep, listTyped, textOfTerm, typedValue, type Plan, type Term } from './planDraft.ts';
import { StepFields } from './StepFields.tsx';

interface Editing {
  readonly plan: Plan;
  readonly set: (plan: Plan) => void;
}

interface TypedField {
  readonly name: string;
  readonly type: string;
}

/** A member that is absent where nothing is chosen. */
function withOrWithout<K extends 'purpose' | 'noticeType' | 'when' | 'closedBy'>(
  plan: Plan,
  name: K,
  value: Plan[K] | undefined,
): Plan {
  const { [name]: _, ...others } = plan;
  return (value === undefined ? others : { ...others, [name]: value }) as Plan;
}

/** The fields of a response plan. @param props.isRevision a registered plan is revised: its id and type cannot change */
export function PlanForm(
  props: Editing & { readonly departments: readonly string[]; readonly isRevision: boolean },
): ReactNode {
  const { plan, set, departments, isRevision } = props;
  const { say } = useWords();
  const { name } = useDepartments();
  const { turn } = useSession();
  const [department = '', slug = ''] = plan.id.split('.');
  const topics = useAnswer(`topics of ${department} ${turn}`, () =>
    everyPage(
      (cursor) => get('/v1/topics', { query: { department, cursor } }),
      (answer) => answer.topics,
    ),
  );
  const types = (topics.value ?? []).flatMap((topic) => topic.types.map(({ type }) => type));
  const fields = useFields(plan.type);
  return (
    <form className="form" aria-label={say('planNew')} onSubmit={(event) => event.preventDefault()}>
      <section className="card form">
        <div className="row-form">
          {departments.length > 1 && !isRevision ? (
            <Select
              label={say('department')}
              value={department}
              set={(code) => set({ ...plan, id: `${code}.${slug}` })}
              options={departments.map((code) => ({ value: code, text: name(code) }))}
            />
          ) : null}
          {isRevision ? null : (
            <TextField
              label={say('planCode')}
              hint={say('planCodeHint')}
              maxLength={60}
              value={slug}
              set={(to) => set({ ...plan, id: `${department}.${to}` })}
            />
          )}
          <TextField
            label={say('planTitleZh')}
            maxLength={100}
            value={plan.title.zh}
            set={(zh) => set({ ...plan, title: { ...plan.title, zh } })}
          />
          <TextField
            label={say('planTitleEn')}
            maxLength={100}
            value={plan.title.en}
            set={(en) => set({ ...plan, title: { ...plan.title, en } })}
          />
        </div>
        <Condition {...{ plan, set, types, fields }} />
      </section>
      {plan.steps.map((step, at) => (
        <StepFields
          key={step.id}
          step={step}
          set={(to) => set({ ...plan, steps: changed(plan.steps, at, to) })}
          {...(plan.steps.length > 1
            ? { remove: () => set({ ...plan, steps: changed(plan.steps, at, undefined) }) }
            : {})}
        />
      ))}
      <div className="row-form">
        <Button
          disabled={plan.steps.length >= 20}
          onClick={() => set({ ...plan, steps: [...plan.steps, emptyStep(freeNumber(plan))] })}
        >
          {say('planAddStep')}
        </Button>
      </div>
      <Ending {...{ plan, set, types, fields }} />
    </form>
  );
}

/** A number that no step of the plan has in its id. */
const freeNumber = ({ steps }: Plan): number =>
  Math.max(0, ...steps.map(({ id }) => Number(/^step-(\d+)$/.exec(id)?.[1] ?? 0))) + 1;

/** Names and types of the fields of a type of event. */
function useFields(type: string): readonly TypedField[] {
  const { turn } = useSession();
  const found = useAnswer(`fields of ${type} ${turn}`, async () => {
    if (type === '') return [];
    const { dataset } = await get('/v1/datasets/{dataset}', { at: { dataset: type } });
    const { document } = await get('/v1/schemas/{schema}', { at: { schema: dataset.schema } });
    const properties = (
      document as { readonly properties?: Readonly<Record<string, { readonly type?: unknown }>> }
    ).properties;
    return Object.entries(properties ?? {}).map(([name, field]): TypedField => {
      const types: readonly unknown[] = Array.isArray(field.type) ? field.type : [field.type];
      return { name, type: String(types.find((one) => one !== 'null')) };
    });
  });
  return found.value ?? [];
}

type Choosing = Editing & { readonly types: readonly string[]; readonly fields: readonly TypedField[] };

function Condition({ plan, set, types, fields }: Choosing): ReactNode {
  const { say } = useWords();
  const { when = [] } = plan;
  const change = (terms: readonly Term[]): void =>
    set(withOrWithout(plan, 'when', terms.length === 0 ? undefined : [...terms]));
  return (
    <>
      <Select
        required
        label={say('oeType')}
        value={plan.type}
        set={(type) => set(withOrWithout({ ...plan, type }, 'when', undefined))}
        options={[{ value: '', text: say('choose') }, ...shown(types, plan.type)]}
      />
      <fieldset>
        <legend>{say('planWhen')}</legend>
        {when.length === 0 ? <p className="muted">{say('planAlways')}</p> : null}
        {when.map((term, at) => (
          <TermFields key={at} {...{ term, fields }} set={(to) => change(changed(when, at, to))} />
        ))}
        <Button
          disabled={fields.length === 0 || when.length >= 20}
          onClick={() => change([...when, { field: fields[0]?.name ?? '', op: 'eq', value: '' }])}
        >
          {say('planAddTerm')}
        </Button>
      </fieldset>
    </>
  );
}

const shown = (
  values: readonly string[],
  chosen: string,
): { readonly value: string; readonly text: string }[] =>
  [...new Set([...values, ...(chosen === '' ? [] : [chosen])])].map((value) => ({ value, text: value }));

function TermFields(props: {
  readonly term: Term;
  readonly fields: readonly TypedField[];
  readonly set: (term: Term | undefined) => void;
}): ReactNode {
  const { term, fields, set } = props;
  const { say } = useWords();
  const typeOf = (name: string): string => fields.find((one) => one.name === name)?.type ?? 'string';
  const made = (field: string, op: string, text: string): Term => {
    const type = typeOf(field);
    return op === 'in'
      ? { field, op, value: listTyped(text).map((one) => typedValue(one, type)) }
      : { field, op: 'eq', value: typedValue(text, type) };
  };
  const text = textOfTerm(term);
  return (
    <div className="row-form">
      <Select
        label={say('planField')}
        value={term.field}
        set={(field) => set(made(field, term.op, text))}
        options={shown(
          fields.map(({ name }) => name),
          term.field,
        )}
      />
      {term.op === 'range' ? (
        <p>{say('planRange', { field: term.field, range: JSON.stringify(term) })}</p>
      ) : (
        <>
          <Select
            label={say('planOp')}
            value={term.op}
            set={(op) => set(made(term.field, op, text))}
            options={[
              { value: 'eq', text: say('planOpEq') },
              { value: 'in', text: say('planOpIn') },
            ]}
          />
          <TextField
            label={say('planValue')}
            hint={term.op === 'in' ? say('planValuesHint') : ''}
            maxLength={500}
            value={text}
            set={(to) => set(made(term.field, term.op, to))}
          />
        </>
      )}
      <Button onClick={() => set(undefined)}>{say('planRemove')}</Button>
    </div>
  );
}

function Ending({ plan, set, types, fields }: Choosing): ReactNode {
  const { say, pick } = useWords();
  const purposes = usePurposes();
  const others = types.filter((one) => one !== plan.type);
  const { closedBy } = plan;
  return (
    <section className="card form">
      <div className="row-form">
        <Select
          label={say('oePurpose')}
          value={plan.purpose ?? ''}
          set={(code) => set(withOrWithout(plan, 'purpose', code === '' ? undefined : code))}
          options={[
            { value: '', text: say('none') },
            ...(purposes.all ?? []).map(({ code, title }) => ({ value: code, text: pick(title) })),
          ]}
        />
        <Select
          label={say('planClosedBy')}
          value={closedBy?.type ?? ''}
          set={(type) =>
            set(
              withOrWithout(
                plan,
                'closedBy',
                type === '' ? undefined : { type, field: closedBy?.field ?? fields[0]?.name ?? '' },
              ),
            )
          }
          options={[{ value: '', text: say('none') }, ...shown(others, closedBy?.type ?? '')]}
        />
        {closedBy === undefined ? null : (
          <Select
            label={say('planSameField')}
            value={closedBy.field}
            set={(field) => set({ ...plan, closedBy: { ...closedBy, field } })}
            options={shown(
              fields.map(({ name }) => name),
              closedBy.field,
            )}
          />
        )}
        <Select
          label={say('planNotice')}
          value={plan.noticeType ?? ''}
          set={(type) => set(withOrWithout(plan, 'noticeType', type === '' ? undefined : type))}
          options={[{ value: '', text: say('none') }, ...shown(others, plan.noticeType ?? '')]}
        />
        <label className="choice">
          <span>{say('planMaxHours')}</span>
          <input
            type="number"
            min={1}
            max={720}
            required
            value={plan.maxHours}
            onChange={({ target }) => set({ ...plan, maxHours: Number(target.value) })}
          />
        </label>
      </div>
    </section>
  );
}
