import { Table } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { isWord } from '../parts/State.tsx';
import { useWords, type Spoken } from '../words/words.ts';

type Event = Schemas['RequestView']['events'][number];

export const actWord = (act: string, say: Spoken['say']): string => {
  const word = `ra_${act}`;
  return isWord(word) ? say(word) : act;
};

/** Everything that happened, with who said what. */
export function History({ view }: { readonly view: Schemas['RequestView'] }): ReactNode {
  const { say, when } = useWords();
  return (
    <section className="card">
      <h2>{say('rqHistory')}</h2>
      <Table<Event>
        aria-label={say('rqHistory')}
        size="small"
        pagination={false}
        rowKey={({ seq }) => seq}
        dataSource={view.events}
        columns={[
          { title: say('when'), render: (_, one) => when(one.at) },
          { title: say('person'), render: (_, one) => one.name ?? one.person },
          { title: say('operation'), render: (_, one) => actWord(one.act, say) },
          { title: say('scMeaning'), render: (_, one) => <Said of={one} /> },
        ]}
      />
    </section>
  );
}

export function Said({ of }: { readonly of: Event }): ReactNode {
  const { say } = useWords();
  const { reason, wouldGrant, missing = [], papers } = of;
  return (
    <>
      {reason ?? papers?.reason}
      {wouldGrant === undefined ? null : (
        <div>
          {say('rqWouldGrant')}：{wouldGrant}
        </div>
      )}
      {missing.length === 0 ? null : (
        <ol aria-label={say('rqMissingList')}>
          {missing.map(({ item, note }, at) => (
            <li key={at}>
              {item}：{note}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}
