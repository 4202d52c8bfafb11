import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Refusal } from '../parts/Refusal.tsx';
import { useWords } from '../words/words.ts';
import { LabelledTable } from '../parts/LabelledTable.tsx';

const kinds = ['added', 'removed', 'changed'] as const;
const leads = { snapshot: 'diffSnapshot', upsert: 'diffUpsert' } as const;

/** What a held batch would add, remove and change in the rows that readers see: numbers and lines, by kind and by field. */
export function Difference({ batch }: { readonly batch: string }): ReactNode {
  const { say, number } = useWords();
  const { value, error, loading } = useAnswer(`difference ${batch}`, () =>
    get('/v1/batches/{batch}/difference', { at: { batch } }),
  );
  return (
    <section className="card">
      <h2>{say('diffTitle')}</h2>
      <Refusal error={error} cli={`npx datong batch diff ${batch}`} />
      {value === undefined ? (
        <p className="muted">{loading ? say('diffReading') : ''}</p>
      ) : value.difference === undefined ? (
        <p>
          {say('diffKeyless', {
            now: number(value.rows.now),
            before: value.rows.before === undefined ? '—' : number(value.rows.before),
          })}
        </p>
      ) : (
        <>
          <p className="muted">{say(value.beside === undefined ? 'diffFirst' : leads[value.mode])}</p>
          <Rows difference={value.difference} />
          <Fields fields={value.difference.fields} />
        </>
      )}
    </section>
  );
}

type RowDifference = NonNullable<Schemas['BatchDifference']['difference']>;

function Rows({ difference }: { readonly difference: RowDifference }): ReactNode {
  const { say, number } = useWords();
  const rows = [
    ...kinds.map((kind) => ({ kind, ...difference[kind] })),
    { kind: 'unchanged' as const, count: difference.unchanged, lines: [] },
    ...(difference.absent === undefined
      ? []
      : [{ kind: 'absent' as const, count: difference.absent, lines: [] }]),
  ];
  return (
    <LabelledTable
      aria-label={say('diffTitle')}
      size="small"
      pagination={false}
      rowKey={({ kind }) => kind}
      dataSource={rows}
      columns={[
        { title: say('diffChange'), render: (_, { kind }) => say(`diff_${kind}`) },
        { title: say('rowsOut'), align: 'right', render: (_, { count }) => number(count) },
        {
          title: say('lines'),
          render: (_, { count, lines }) =>
            `${lines.map(number).join(say('pointList'))}${lines.length > 0 && count > lines.length ? ' …' : ''}`,
        },
      ]}
    />
  );
}

function Fields({ fields }: Pick<RowDifference, 'fields'>): ReactNode {
  const { say, number } = useWords();
  const rows = Object.entries(fields).sort(([, a], [, b]) => b - a);
  if (rows.length === 0) return null;
  return (
    <LabelledTable
      aria-label={say('diffFields')}
      size="small"
      pagination={false}
      rowKey={([field]) => field}
      dataSource={rows}
      columns={[
        { title: say('diffFields'), render: (_, [field]) => <code>{field}</code> },
        { title: say('diffFieldRows'), align: 'right', render: (_, [, count]) => number(count) },
      ]}
    />
  );
}
