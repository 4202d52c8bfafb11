import { Table } from 'antd';
import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Bar } from '../parts/Bar.tsx';
import { Chart } from '../parts/chart/Chart.tsx';
import { labelled } from '../parts/labelled.ts';
import { Link } from '../parts/Link.tsx';
import { shareText } from '../parts/shareText.ts';
import { addressOf, useRoute } from '../route.ts';
import { useWords } from '../words/words.ts';
import { FieldQuality } from './FieldQuality.tsx';

const parts = ['validity', 'completeness', 'uniqueness', 'timeliness'] as const;
type Batch = Schemas['Quality']['batches'][number];

/** How good a dataset's batches are. */
export function QualityCard(props: {
  readonly quality: Schemas['Quality'];
  /** urn of the version that names its fields */
  readonly schema: string;
}): ReactNode {
  const { quality, schema } = props;
  const { dataset: id } = quality;
  const { say, when, number } = useWords();
  const { filter } = useRoute();
  const [newest] = quality.batches;
  const oldestFirst = [...quality.batches].reverse();
  const share = (value: number | undefined): string => shareText(value, number);
  const chosen = quality.batches.find(({ batch }) => batch === filter['batch']);
  const labelOf = (one: Batch, word: Parameters<typeof say>[0], text: string): string =>
    `${when(one.publishedAt)} ${say(word)} ${text}`;
  const opened = (
    one: Batch,
    word: Parameters<typeof say>[0],
    text: string,
    shown?: ReactNode,
  ): ReactNode => (
    <Link to={addressOf('held', [one.batch])} label={labelOf(one, word, text)}>
      {shown ?? text}
    </Link>
  );
  /** Empty values are shown field by field below; the rest by the rows with problems, and the day, on the batch's page. */
  const partOf = (one: Batch, part: (typeof parts)[number]): ReactNode => {
    const [value, word] = [one.parts[part], `q_${part}` as const];
    const bar = <Bar share={value} text={share(value)} />;
    if (value === undefined) return bar;
    if (part !== 'completeness') return opened(one, word, share(value), bar);
    return (
      <Link
        stay
        current={one === (chosen ?? newest)}
        label={labelOf(one, word, share(value))}
        to={addressOf('datasets', [id], { ...filter, batch: one.batch, field: '' })}
      >
        {bar}
      </Link>
    );
  };
  return (
    <section className="card">
      <h2>{say('quality')}</h2>
      {newest === undefined ? (
        <p>{say('qualityNone')}</p>
      ) : (
        <>
          <p>
            {say('qualityGrade')} <strong className="grade">{quality.grade}</strong>{' '}
            {say('qualityOf', {
              n: quality.graded,
              ...Object.fromEntries(parts.map((part) => [part, share(quality.weights[part] ?? 0)])),
            })}
          </p>
          {quality.batches.length < 2 ? null : (
            <Chart
              kind="lines"
              at={oldestFirst.map((one) => when(one.publishedAt))}
              series={parts
                .map((part) => ({
                  name: say(`q_${part}`),
                  values: oldestFirst.map((one) => one.parts[part]),
                }))
                .filter(({ values }) => values.some((value) => value !== undefined))}
              number={share}
            />
          )}
          <Table
            aria-label={say('quality')}
            size="small"
            pagination={false}
            rowKey={({ batch }) => batch}
            dataSource={quality.batches.slice(0, 6)}
            columns={labelled([
              {
                title: say('publishedAt'),
                render: (_, one) => <Link to={addressOf('held', [one.batch])}>{when(one.publishedAt)}</Link>,
              },
              {
                title: say('rows'),
                align: 'right',
                render: (_, one) => opened(one, 'rows', number(one.rows)),
              },
              { title: say('bad'), align: 'right', render: (_, one) => opened(one, 'bad', number(one.bad)) },
              ...parts.map((part) => ({
                key: part,
                title: say(`q_${part}`),
                render: (_: unknown, one: Batch) => partOf(one, part),
              })),
            ])}
          />
          <FieldQuality dataset={id} schema={schema} batch={chosen ?? newest} share={share} />
        </>
      )}
    </section>
  );
}
