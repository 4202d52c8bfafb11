import { Table } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import { Due } from './Due.tsx';

/** The stages in their order: who decides, how many working days each has, which are done. */
export function Stages({ view }: { readonly view: Schemas['RequestView'] }): ReactNode {
  const { say, pick } = useWords();
  const at = view.stages.findIndex(({ code }) => code === view.stage);
  const over = at < 0;
  return (
    <section className="card">
      <h2>{say('rqStages')}</h2>
      <Table
        aria-label={say('rqStages')}
        size="small"
        pagination={false}
        rowKey={({ code }) => code}
        dataSource={view.stages}
        columns={[
          { title: say('rqStage'), render: (_, one) => pick(one.title) },
          { title: say('rqWho'), render: (_, one) => `${say(`by_${one.by}`)} · ${say(`r_${one.role}`)}` },
          { title: say('rqDays'), align: 'right', dataIndex: 'days' },
          {
            title: say('rqStageState'),
            render: (_, _one, place) =>
              over || place < at
                ? `✔ ${say('rqDone')}`
                : place === at
                  ? `▶ ${say('rqNow')}`
                  : `· ${say('rqNext')}`,
          },
          { title: say('rqDue'), render: (_, _one, place) => (place === at ? <Due of={view} /> : '') },
        ]}
      />
    </section>
  );
}
