import { Button } from 'antd';
import { useState, type ReactNode, type SyntheticEvent } from 'react';
import type { Schemas } from '../api/call.ts';
import { Field, Pick } from '../parts/Field.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { useRoute } from '../route.ts';
import { useDraft, useDraftText } from '../parts/useDraft.ts';
import { useWords } from '../words/words.ts';
import { asked, draftOf, everyKind, isAsked, kinds, type Asked, type Draft } from './question.ts';
import { askedWords } from './questionWords.ts';

/** Subject, reason and case of a search; in the memory of this page only. */
export type About = NonNullable<Schemas['LogSearch']['subject']>;

type Why = Readonly<Record<'dataset' | 'reason' | 'case', string>>;

const noReason: Why = { dataset: '', reason: '', case: '' };

/** The key of a case as it is typed: `case=C-1`, a blank between fields. The hub refuses what is no key. */
const keyIn = (text: string): Schemas['PrimaryKey'] =>
  Object.fromEntries(
    text.split(/\s+/).map((pair) => {
      const [field = '', ...rest] = pair.split('=');
      return [field, rest.join('=')];
    }),
  );

const always: readonly Asked[] = ['from', 'until', 'department', 'dataset', 'official', 'matter', 'kind'];
const further: readonly Asked[] = [
  ...(['consumer', 'provider', 'decision', 'code', 'agreement', 'purpose'] as const),
  ...(['field', 'schema', 'operation', 'person', 'exchange'] as const),
];

/** What officers ask about: data that was released. */
const usual: Draft = { kind: 'release' };

/** A question to the log. It is sent only when its button is pressed, because every search is a log entry. */
export function SearchForm({ ask }: { readonly ask: (about: About | undefined) => void }): ReactNode {
  const { say } = useWords();
  const { filter, refine } = useRoute();
  const { options } = useDepartments();
  // the filter in the address counts; input that is not submitted yet is stored under it
  const place = `search ${JSON.stringify(filter)}`;
  const typed = useDraft<{ draft: Draft }>(place, { draft: isAsked(filter) ? draftOf(filter) : usual });
  const { draft } = typed.value;
  const [counts, setCounts] = useState(filter['counts'] === '1');
  // subject, reason and case exist in this page's memory only
  const [value, setValue] = useState('');
  const [why, setAllOfWhy] = useState(noReason);
  const [, setEvidenceReason] = useDraftText('evidence reason');
  const [, setEvidenceCase] = useDraftText('evidence number');
  const [, setEvidenceDataset] = useDraftText('evidence dataset');
  const [key, setKey] = useState('');
  const named = value !== '' || key !== '';
  const setWhy = (change: Partial<typeof noReason>): void => setAllOfWhy({ ...why, ...change });
  const set =
    (name: Asked) =>
    (to: string): void =>
      typed.set({ draft: { ...draft, [name]: to } });
  const choices: Partial<Record<Asked, readonly { readonly value: string; readonly text: string }[]>> = {
    department: options,
    consumer: options,
    provider: options,
    kind: kinds.map((value) => ({ value, text: say(`k_${value}`) })),
    decision: (['allow', 'deny'] as const).map((value) => ({ value, text: say(value) })),
  };
  const field = (name: Asked): ReactNode => {
    const few = choices[name];
    const given = { label: say(askedWords[name]), value: draft[name] ?? '', change: set(name) };
    return few === undefined ? (
      <Field key={name} {...given} type={name === 'from' || name === 'until' ? 'date' : 'text'} />
    ) : (
      <Pick key={name} {...given} none={say(name === 'kind' ? 'allKinds' : 'any')} options={few} />
    );
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const cleared = Object.fromEntries(asked.map((name) => [name, draft[name]?.trim() ?? '']));
    // an exchange has one entry, of any kind: the kind that the form begins with does not narrow it
    const isUsual = (cleared['exchange'] ?? '') !== '' && draft.kind === usual.kind;
    const kind = isUsual ? '' : (draft.kind ?? '');
    refine({ ...cleared, kind: kind === '' ? everyKind : kind, counts: counts ? '1' : '', before: '' });
    if (named) {
      // the request for evidence that follows begins with them; never with the identifier
      setEvidenceReason(why.reason);
      setEvidenceCase(why.case);
      setEvidenceDataset(why.dataset);
    }
    ask(named ? { ...why, ...(value === '' ? { key: keyIn(key.trim()) } : { value }) } : undefined);
    // the identifier is on the screen no longer than necessary
    setValue('');
    setKey('');
    typed.sent();
  };
  const clear = (): void => {
    typed.set({ draft: usual });
    setAllOfWhy(noReason);
    typed.sent();
    setCounts(false);
    setValue('');
    setKey('');
    refine({ ...Object.fromEntries(asked.map((name) => [name, ''])), counts: '', before: '' });
    ask(undefined);
  };
  return (
    <form className="card no-print" onSubmit={submit} aria-label={say('search')}>
      <div className="filters">{always.map(field)}</div>
      <details open={further.some((name) => (draft[name] ?? '') !== '')}>
        <summary>{say('askFurther')}</summary>
        <div className="filters">{further.map(field)}</div>
      </details>
      <details>
        <summary>{say('askSubject')}</summary>
        <p className="muted">{say('askSubjectLead')}</p>
        <div className="filters">
          <Field
            label={say('identifier')}
            value={value}
            change={setValue}
            most={100}
            disabled={key !== '' && value === ''}
          />
          <Field
            label={say('identifierOfCase')}
            value={key}
            change={setKey}
            most={200}
            disabled={value !== ''}
          />
          <Field
            label={say('identifierIn')}
            value={why.dataset}
            change={(dataset) => setWhy({ dataset })}
            required={named}
          />
          <Field
            label={say('askReason')}
            value={why.reason}
            change={(reason) => setWhy({ reason })}
            required={named}
            least={2}
            most={200}
          />
          <Field
            label={say('askCase')}
            value={why.case}
            change={(number) => setWhy({ case: number })}
            required={named}
            least={2}
            most={100}
          />
        </div>
      </details>
      <div className="row-form">
        <label className="check">
          <input type="checkbox" checked={counts} onChange={({ target }) => setCounts(target.checked)} />
          {say('askCounts')}
        </label>
        <span className="grow" />
        <Button onClick={clear}>{say('clear')}</Button>
        <Button type="primary" htmlType="submit">
          {say('search')}
        </Button>
      </div>
    </form>
  );
}
