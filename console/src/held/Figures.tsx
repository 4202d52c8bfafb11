import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Link } from '../parts/Link.tsx';
import { addressOf } from '../route.ts';
import { useSizes } from '../send/useSizes.ts';
import { useWords } from '../words/words.ts';
import { LabelledTable } from '../parts/LabelledTable.tsx';

const counted = ['records', 'rows', 'bad', 'skipped', 'doubted', 'deletions'] as const;

/** A batch's numbers next to those of the batch before it. */
export function Figures(props: {
  readonly batch: Schemas['Batch'];
  readonly last: Schemas['Batch'] | undefined;
}): ReactNode {
  const { batch, last } = props;
  const { say, when, number } = useWords();
  const { bytes } = useSizes();
  const shown = counted.filter(
    (name) => batch.counts?.[name] !== undefined || last?.counts?.[name] !== undefined,
  );
  const rows = [
    ...shown.map((name) => {
      const mine = batch.counts?.[name] ?? 0;
      const before = last?.counts?.[name];
      const more = before === undefined ? undefined : mine - before;
      return {
        name,
        mine: number(mine),
        before: before === undefined ? '—' : number(before),
        difference:
          more === undefined
            ? '—'
            : `${more > 0 ? '+' : ''}${number(more)}${before === undefined || before === 0 ? '' : ` (${more > 0 ? '+' : ''}${number(Math.round((more / before) * 1000) / 10)} %)`}`,
      };
    }),
    {
      name: 'sizeBytes' as const,
      mine: bytes(batch.offset),
      before: last === undefined ? '—' : bytes(last.offset),
      difference: '',
    },
  ];
  return (
    <section className="card">
      <h2>{say('heldCompared')}</h2>
      {last === undefined ? (
        <p className="muted">{say('heldNoLast')}</p>
      ) : (
        <p className="muted">
          {say('heldLast')}
          {say('pointColon')}
          <Link to={addressOf('held', [last.batch])}>{last.batch}</Link> · {when(last.openedAt)} ·{' '}
          {last.fileName ?? ''}
        </p>
      )}
      <LabelledTable
        aria-label={say('heldCompared')}
        size="small"
        pagination={false}
        rowKey={({ name }) => name}
        dataSource={rows}
        columns={[
          { title: say('figure'), render: (_, { name }) => say(name) },
          { title: say('heldThis'), align: 'right', dataIndex: 'mine' },
          { title: say('heldLast'), align: 'right', dataIndex: 'before' },
          { title: say('difference'), align: 'right', dataIndex: 'difference' },
        ]}
      />
    </section>
  );
}
