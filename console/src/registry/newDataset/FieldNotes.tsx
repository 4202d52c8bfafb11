import type { ReactNode } from 'react';
import { useWords } from '../../words/words.ts';
import type { Answers, Drafted, Emptied } from './drafted.ts';

/** Why a field is proposed as key, and why others are not. */
export function KeyReasons({ draft }: { readonly draft: Drafted }): ReactNode {
  const { say, pick } = useWords();
  const titles = titlesOf(draft);
  if (draft.keyReasons.length === 0) return null;
  return (
    <ul className="muted below-table" aria-label={say('ndKeyReasons')}>
      {draft.keyReasons.map(({ field, message }) => (
        <li key={field}>
          {titles.get(field) ?? field}
          {say('pointColon')}
          {pick(message)}
        </li>
      ))}
    </ul>
  );
}

/**
 * Texts that are read as empty, by field; a person may keep them as texts.
 * @param emptied found by the mapping, where the draft comes from a list of columns
 */
export function EmptyMarks(props: {
  readonly draft: Drafted;
  readonly emptied: Emptied;
  readonly answers: Answers;
  readonly set: (change: Partial<Answers>) => void;
}): ReactNode {
  const { draft, emptied, answers, set } = props;
  const { say } = useWords();
  const { keep = [] } = answers;
  const titles = titlesOf(draft);
  const marks = new Map<string, Drafted['fields'][number]['marks']>([
    ...keep.map((field) => [field, []] as [string, []]),
    ...emptied.map((one) => [one.field, one.marks] as const),
    ...draft.fields.flatMap((one) => (one.marks.length === 0 ? [] : [[one.field, one.marks] as const])),
  ]);
  if (marks.size === 0) return null;
  return (
    <fieldset className="below-table">
      <legend>{say('ndMarks')}</legend>
      <p className="muted">{say('ndMarksLead')}</p>
      <ul className="plain">
        {[...marks].map(([field, found]) => (
          <li key={field}>
            {titles.get(field) ?? field}
            {say('pointColon')}
            {found.map((one) => say('ndMark', { ...one })).join(say('pointComma'))}{' '}
            <label className="one-choice">
              <input
                type="checkbox"
                aria-label={say('ndKeepOf', { field: titles.get(field) ?? field })}
                checked={keep.includes(field)}
                onChange={({ target }) =>
                  set({ keep: target.checked ? [...keep, field] : keep.filter((one) => one !== field) })
                }
              />{' '}
              {say('ndKeep')}
            </label>
          </li>
        ))}
      </ul>
    </fieldset>
  );
}

const titlesOf = ({ fields }: Drafted): ReadonlyMap<string, string> =>
  new Map(fields.map(({ field, title }) => [field, title.zh]));
