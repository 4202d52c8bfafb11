import { Button } from 'antd';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import { get, post, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Field } from '../parts/Field.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { SendRow } from '../parts/SendRow.tsx';
import { TextField } from '../parts/TextField.tsx';
import { useAct } from '../parts/useAct.ts';
import { Unsent } from '../parts/Unsent.tsx';
import { useDraft } from '../parts/useDraft.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { emptyMatter, matterOf, typedMatter, type TypedMatter } from './matterForm.ts';
import { Proposed } from './Proposed.tsx';

/** A matter, or a further revision of one: sent to the data office, where a second person agrees. */
export function NewMatterPage(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { from = '' } = filter;
  const found = useAnswer(`${from} ${turn}`, () =>
    from === '' ? Promise.resolve(undefined) : get('/v1/matters/{matter}', { at: { matter: from } }),
  );
  const ready = from === '' || found.value !== undefined;
  return (
    <Page
      title={say(from === '' ? 'mtNew' : 'mtRevise')}
      lead={say('mtNewLead')}
      error={found.error}
      cli="npx datong catalogue apply matter.yaml"
      actions={<Link to={addressOf('matters')}>{say('back')}</Link>}
    >
      {ready ? (
        <MatterForm name={from} begin={found.value === undefined ? emptyMatter : typedMatter(found.value)} />
      ) : null}
    </Page>
  );
}

function MatterForm({ name, begin }: { readonly name: string; readonly begin: TypedMatter }): ReactNode {
  const { say } = useWords();
  const { value, set, restored, sent, clear } = useDraft(`matter ${name}`, begin, true);
  const [proposed, setProposed] = useState<Schemas['Registration']>();
  const { act, sending, error } = useAct();
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setProposed(undefined);
    act(
      (key) => post('/v1/matters', matterOf(value), { key }),
      (answered) => {
        sent();
        setProposed(answered);
      },
    );
  };
  const text = (member: Exclude<keyof TypedMatter, 'departments' | 'materials'>) => ({
    value: value[member],
    set: (typed: string) => set({ [member]: typed }),
  });
  return (
    <form className="card form" onSubmit={submit} aria-label={say('mtNew')}>
      <Unsent shown={restored && proposed === undefined} clear={clear} />
      <div className="filters">
        <Field
          label={say('codeName')}
          value={value.code}
          change={(code) => set({ code })}
          required
          most={60}
        />
        <Field
          label={say('mtImplementation')}
          value={value.implementationCode}
          change={(implementationCode) => set({ implementationCode })}
          required
          least={12}
          most={40}
        />
      </div>
      <TextField label={say('titleZh')} maxLength={200} {...text('zh')} />
      <TextField label={say('titleEn')} maxLength={200} {...text('en')} />
      <TextField label={say('mtBasis')} maxLength={200} {...text('reference')} />
      <TextField label={say('rqClause')} required={false} maxLength={200} {...text('clause')} />
      <Departments value={value.departments} set={(departments) => set({ departments })} />
      <Papers value={value.materials} set={(materials) => set({ materials })} />
      <Proposed of={proposed} error={error} cli="npx datong catalogue apply matter.yaml" />
      <SendRow disabled={sending || proposed !== undefined || value.departments.length === 0} />
    </form>
  );
}

function Departments(props: {
  readonly value: readonly string[];
  readonly set: (departments: readonly string[]) => void;
}): ReactNode {
  const { value, set } = props;
  const { say } = useWords();
  const { options } = useDepartments();
  return (
    <fieldset>
      <legend>{say('mtHandledBy')}</legend>
      <div className="row-form">
        {options.map(({ value: code, text }) => (
          <label key={code} className="check">
            <input
              type="checkbox"
              checked={value.includes(code)}
              onChange={({ target }) =>
                set(target.checked ? [...value, code] : value.filter((one) => one !== code))
              }
            />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function Papers(props: {
  readonly value: TypedMatter['materials'];
  readonly set: (materials: TypedMatter['materials']) => void;
}): ReactNode {
  const { value, set } = props;
  const { say } = useWords();
  const change = (at: number, part: Partial<TypedMatter['materials'][number]>): void =>
    set(value.map((one, place) => (place === at ? { ...one, ...part } : one)));
  return (
    <>
      {value.map((one, at) => (
        <fieldset key={at}>
          <legend>{say('mtMaterialN', { n: at + 1 })}</legend>
          <TextField label={say('titleZh')} maxLength={200} value={one.zh} set={(zh) => change(at, { zh })} />
          <TextField label={say('titleEn')} maxLength={200} value={one.en} set={(en) => change(at, { en })} />
          <TextField
            label={say('mtFields')}
            hint={say('mtFieldsHint')}
            rows={2}
            required={false}
            maxLength={8000}
            value={one.fields}
            set={(fields) => change(at, { fields })}
          />
          {value.length === 1 ? null : (
            <Button size="small" onClick={() => set(value.filter((_, place) => place !== at))}>
              {say('mtLess', { n: at + 1 })}
            </Button>
          )}
        </fieldset>
      ))}
      <div className="row-form">
        <Button onClick={() => set([...value, { zh: '', en: '', fields: '' }])}>{say('mtMore')}</Button>
      </div>
    </>
  );
}
