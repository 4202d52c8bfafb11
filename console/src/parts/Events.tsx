import { type TableColumnsType } from 'antd';
import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';
import { Person } from './Person.tsx';
import { LabelledTable } from './LabelledTable.tsx';

interface Happened {
  readonly seq: number;
  /** RFC 3339 */
  readonly at: string;
  /** id */
  readonly person: string;
  readonly name?: string;
}

/** All events of an object, in order: time, step, person and statement. */
export function Events<E extends Happened>(props: {
  readonly events: readonly E[];
  readonly step: (event: E) => ReactNode;
  readonly moreColumns: TableColumnsType<E>;
}): ReactNode {
  const { events, step, moreColumns } = props;
  const { say, when } = useWords();
  return (
    <section className="card">
      <h2>{say('rqHistory')}</h2>
      <LabelledTable<E>
        aria-label={say('rqHistory')}
        size="small"
        pagination={false}
        rowKey={({ seq }) => seq}
        dataSource={events}
        columns={[
          { title: say('when'), render: (_, one) => when(one.at) },
          { title: say('operation'), render: (_, one) => step(one) },
          { title: say('person'), render: (_, one) => <Person id={one.person} name={one.name} /> },
          ...moreColumns,
        ]}
      />
    </section>
  );
}
