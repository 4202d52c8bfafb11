import { Table } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { labelled } from '../parts/labelled.ts';
import { useWords } from '../words/words.ts';
import { Reached } from './Reached.tsx';

type Change = Schemas['SchemaChanges'][number];

/** Changes of a version, place by place: breaking or compatible, why, and the parties each affects. */
export function ChangeTable(props: {
  readonly changes: readonly Change[];
  readonly mode: Schemas['Compatibility'];
}): ReactNode {
  const { changes, mode } = props;
  const { say, pick } = useWords();
  if (changes.length === 0) return <p role="status">{say('scNoChanges')}</p>;
  const breaks = ({ backward, forward }: Change): boolean =>
    (mode !== 'FORWARD' && !backward) || (mode !== 'BACKWARD' && !forward);
  return (
    <Table<Change>
      aria-label={say('scChanges')}
      size="small"
      pagination={false}
      rowKey={({ pointer, code }) => `${pointer} ${code}`}
      dataSource={[...changes].sort((one, other) => Number(breaks(other)) - Number(breaks(one)))}
      columns={labelled<Change>([
        { title: say('scPlace'), render: (_, one) => <code>{one.pointer === '' ? '/' : one.pointer}</code> },
        { title: say('scRule'), render: (_, one) => <code>{one.code}</code> },
        {
          title: say('scEffect'),
          render: (_, one) => (
            <>
              <span className={breaks(one) ? 'state bad' : 'state good'}>
                {say(breaks(one) ? 'scBreaks' : 'scFits')}
              </span>
              {one.officer === true ? <div>{say('scOfficer')}</div> : null}
            </>
          ),
        },
        { title: say('scMeaning'), render: (_, one) => pick(one.message) },
        {
          title: say('scReaches'),
          render: (_, one) => (one.touches === undefined ? '—' : <Reached by={one.touches} />),
        },
      ])}
    />
  );
}
