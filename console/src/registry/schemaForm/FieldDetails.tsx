import { Button } from 'antd';
import type { ReactNode } from 'react';
import { maskWords } from '../../../../terms/requestForm/maskWords.ts';
import { type Schemas, get } from '../../api/call.ts';
import { Select } from '../../parts/Select.tsx';
import { TextField } from '../../parts/TextField.tsx';
import { TwoSteps } from '../../parts/TwoSteps.tsx';
import { useWords } from '../../words/words.ts';
import { personals, semantics, subjects } from './choices.ts';
import { moved, withoutField, type FieldChange, type FormField } from './schemaForm.ts';
import { Others } from './Others.tsx';
import { everyPage } from '../../api/everyPage.ts';
import { useAnswer } from '../../api/useAnswer.ts';
import { useSession } from '../../session.ts';

type Document = Schemas['SharedSchema'];

/** What the row of a field has no room for: personal data, tags, code list, mask, key, place, removal, and what the form does not show. */
export function FieldDetails(props: {
  readonly field: FormField;
  readonly document: Document;
  readonly set: (document: Document) => void;
  readonly change: (to: FieldChange) => void;
}): ReactNode {
  const { field, document, set, change } = props;
  const { name, title, kind, maxLength } = field;
  const { say, pick } = useWords();
  const none = { value: '', text: say('sfNone') };
  return (
    <div className="form">
      <div className="row-form">
        <TextField
          label={say('sfTitleEn')}
          maxLength={200}
          value={title.en}
          set={(en) => change({ title: { ...title, en } })}
        />
        {kind === 'text' ? (
          <label className="choice">
            <span>{say('sfLength')}</span>
            <input
              type="number"
              min={1}
              value={maxLength ?? ''}
              onChange={({ target }) =>
                change({ maxLength: target.value === '' ? undefined : Number(target.value) })
              }
            />
          </label>
        ) : null}
        <Check
          label={say('sfNullable')}
          checked={field.isNullable}
          disabled={kind === 'other'}
          set={(isNullable) => change({ isNullable })}
        />
        <Check label={say('sfKey')} checked={field.isKey} set={(isKey) => change({ isKey })} />
      </div>
      <div className="row-form">
        <Select
          label={say('sfPersonal')}
          value={field.personal}
          set={(personal) => change({ personal })}
          options={[
            { value: '', text: '—' },
            ...personals.map((value) => ({ value, text: say(`sp_${value}`) })),
          ]}
        />
        <Select
          label={say('sfSubject')}
          value={field.subject}
          set={(subject) => change({ subject })}
          options={[none, ...subjects.map((value) => ({ value, text: say(`su_${value}`) }))]}
        />
        <Select
          label={say('sfSemantic')}
          value={field.semantic}
          set={(semantic) => change({ semantic })}
          options={[
            none,
            ...semantics.map((value) => ({
              value,
              text: `${say(`sm_${value.replace('.', '-') as Dashed<typeof value>}`)}${say('pointOpen')}${value}${say('pointClose')}`,
            })),
          ]}
        />
        <Select
          label={say('sfMask')}
          value={field.mask}
          set={(mask) => change({ mask })}
          options={[
            none,
            ...Object.entries(maskWords).map(([value, text]) => ({ value, text: pick(text) })),
            ...(field.mask === '' || Object.hasOwn(maskWords, field.mask)
              ? []
              : [{ value: field.mask, text: field.mask }]),
          ]}
        />
      </div>
      <CodeList field={field} change={change} />
      <Others of={field.others} />
      <div className="row-form">
        <Button onClick={() => set(moved(document, name, -1))}>{say('sfUp')}</Button>
        <Button onClick={() => set(moved(document, name, 1))}>{say('sfDown')}</Button>
        <TwoSteps
          danger
          label={say('sfRemove')}
          sure={say('sfRemoveSure', { field: pick(title) || name })}
          act={() => set(withoutField(document, name))}
        />
      </div>
    </div>
  );
}

/** `cn.resident-id` as part of a word's name */
type Dashed<Tag extends string> = Tag extends `${infer Head}.${infer Tail}` ? `${Head}-${Tail}` : Tag;

/** The registered code lists; a list that is not among them stays chosen. */
function CodeList(props: {
  readonly field: FormField;
  readonly change: (to: FieldChange) => void;
}): ReactNode {
  const { field, change } = props;
  const { codeList, isAnyTime } = field;
  const { say } = useWords();
  const lists = useCodeLists();
  const known = lists.some(({ value }) => value === codeList);
  return (
    <div className="row-form">
      <Select
        label={say('sfCodeList')}
        value={codeList}
        set={(to) => change({ codeList: to })}
        options={[
          { value: '', text: say('sfNone') },
          ...lists,
          ...(codeList === '' || known ? [] : [{ value: codeList, text: codeList }]),
        ]}
      />
      {codeList === '' ? null : (
        <Check label={say('sfAnyTime')} checked={isAnyTime} set={(to) => change({ isAnyTime: to })} />
      )}
    </div>
  );
}

function Check(props: {
  readonly label: string;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly set: (checked: boolean) => void;
}): ReactNode {
  const { label, checked, disabled = false, set } = props;
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={checked}
        disabled={disabled}
        onChange={({ target }) => set(target.checked)}
      />
      {label}
    </label>
  );
}

/** The code lists of the product and the registered ones, as choices: URN and title. */
function useCodeLists(): readonly { readonly value: string; readonly text: string }[] {
  const { pick } = useWords();
  const { turn } = useSession();
  const { value = [] } = useAnswer(`code lists ${turn}`, () =>
    everyPage(
      (cursor) => get('/v1/code-lists', { query: { limit: '200', cursor } }),
      ({ shipped = [], codeLists }) => [...shipped, ...codeLists],
    ),
  );
  const titles = new Map(value.map(({ id, title }) => [`urn:datong:code:${id}`, pick(title)]));
  return [...titles].map(([urn, title]) => ({ value: urn, text: title }));
}
