import type { ReactNode } from 'react';
import { storyOf } from '../../../log/story.ts';
import type { Entry } from '../api/leaf.ts';
import type { Answered } from '../api/useAnswer.ts';
import { NoRows } from '../parts/NoRows.tsx';
import { useWords } from '../words/words.ts';
import { useStoryNames } from './useStoryNames.ts';

/** Entries as sentences: who did what, when, on which basis, and what came of it. */
export function EntryStories(props: {
  readonly label: string;
  readonly empty: string;
  readonly entries: readonly Entry[] | undefined;
  readonly answer: Pick<Answered<unknown>, 'loading'>;
  /** names of the acting persons by id */
  readonly persons?: Readonly<Record<string, string>> | undefined;
  readonly act: (entry: Entry) => ReactNode;
}): ReactNode {
  const { label, empty, entries = [], answer, act } = props;
  const { pick } = useWords();
  const names = useStoryNames(entries, { persons: props.persons });
  if (entries.length === 0)
    return (
      <section className="card">
        <NoRows rows={props.entries} answer={answer} empty={empty} />
      </section>
    );
  return (
    <ol className="card stories" aria-label={label}>
      {entries.map((entry) => {
        const { index, leaf, attempt = false } = entry;
        return (
          <li key={index} className={leaf.decision === 'deny' ? 'denied' : undefined}>
            <span className="raw">{pick(storyOf(index, leaf, attempt, names))}</span>{' '}
            <span className="no-print">{act(entry)}</span>
          </li>
        );
      })}
    </ol>
  );
}
