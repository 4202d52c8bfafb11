import type { ReactNode } from 'react';
import type { Entry } from '../api/leaf.ts';
import type { Answered } from '../api/useAnswer.ts';
import { List } from '../parts/List.tsx';
import { State } from '../parts/State.tsx';
import { ProblemText } from '../parts/ProblemText.tsx';
import { actorText } from '../../../log/story.ts';
import { useStoryNames } from '../officer/useStoryNames.ts';
import { OperationText } from '../parts/OperationText.tsx';
import { useWords } from '../words/words.ts';

/** Entries of the log as a table. */
export function EntryTable(props: {
  readonly label: string;
  readonly empty: string;
  readonly entries: readonly Entry[] | undefined;
  readonly answer: Pick<Answered<unknown>, 'loading'>;
  /** shows official and case too, which the log stores as departments signed them */
  readonly claims?: boolean;
  /** names of the acting persons by id */
  readonly persons?: Readonly<Record<string, string>> | undefined;
  readonly act: (entry: Entry) => ReactNode;
}): ReactNode {
  const { label, empty, entries, answer, claims = false, persons, act } = props;
  const { say, pick, when, number } = useWords();
  const names = useStoryNames(entries ?? [], { persons });
  return (
    <List<Entry>
      label={label}
      rows={entries}
      keyOf={({ index }) => String(index)}
      answer={answer}
      empty={empty}
      columns={[
        { title: say('position'), align: 'right', render: (_, { index }) => number(index) },
        { title: say('when'), render: (_, { leaf }) => <span className="line">{when(leaf.at)}</span> },
        { title: say('operation'), render: (_, { leaf }) => <OperationText of={leaf.operation} /> },
        { title: say('decision'), render: (_, { leaf }) => <State state={leaf.decision} /> },
        { title: say('reason'), render: (_, { leaf }) => <ProblemText code={leaf.code} /> },
        { title: say('byWhom'), render: (_, { leaf }) => pick(actorText(leaf, names)) },
        {
          title: say('dataset'),
          render: (_, { leaf }) =>
            leaf.dataset === undefined ? (
              '—'
            ) : (
              <span title={leaf.dataset}>{names.nameOf('dataset', leaf.dataset)}</span>
            ),
        },
        ...(claims
          ? [
              { title: say('official'), render: (_: unknown, { leaf }: Entry) => leaf.onBehalfOf ?? '—' },
              { title: say('matter'), render: (_: unknown, { leaf }: Entry) => leaf.matter ?? '—' },
            ]
          : []),
        {
          title: say('rowsOut'),
          align: 'right',
          render: (_, { leaf }) => (leaf.rows === undefined ? '—' : number(leaf.rows.delivered)),
        },
        { title: say('actions'), render: (_, entry) => act(entry) },
      ]}
    />
  );
}
