import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import { LabelledTable } from '../parts/LabelledTable.tsx';

/** Problems counted by rule and column, with the first lines of each. */
export function ProblemTable(props: {
  readonly label: string;
  readonly problems: readonly Schemas['ProblemPlaces'][];
}): ReactNode {
  const { say, number } = useWords();
  return (
    <LabelledTable
      aria-label={props.label}
      size="small"
      pagination={false}
      rowKey={({ rule, header, field }) => `${rule} ${header} ${field}`}
      dataSource={[...props.problems]}
      locale={{ emptyText: say('noProblems') }}
      columns={[
        { title: say('rule'), render: (_, { rule }) => <code>{rule}</code> },
        { title: say('column'), render: (_, { header, field }) => (header === '' ? field : header) },
        { title: say('count'), align: 'right', render: (_, { count }) => number(count) },
        { title: say('lines'), render: (_, { lines }) => lines.map(number).join(say('pointList')) },
      ]}
    />
  );
}
