import { Table } from 'antd';
import type { ReactNode } from 'react';
import { get, type Schemas } from '../api/call.ts';
import { everyPage } from '../api/everyPage.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Bar } from '../parts/Bar.tsx';
import { Chart } from '../parts/chart/Chart.tsx';
import { Link } from '../parts/Link.tsx';
import { State } from '../parts/State.tsx';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, hasRoleFor, readers, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { FieldQuality } from './FieldQuality.tsx';

const parts = ['validity', 'completeness', 'uniqueness', 'timeliness'] as const;
type Batch = Schemas['Quality']['batches'][number];
type Expect = NonNullable<Schemas['DatasetView']['intake']['expect']>;

/** How good a dataset's batches are, the last of them, and whether one that was due has not come. For its own department and the data office. */
export function QualityCard({ dataset }: { readonly dataset: Schemas['DatasetView'] }): ReactNode {
  const { say, when, number, pick, day } = useWords();
  const { session, turn } = useSession();
  const { filter } = useRoute();
  const { id } = dataset;
  const mayRead = hasRoleFor(session, [...readers, 'clerk'], dataset.department);
  const decides = hasRole(session, ['steward', 'security']);
  const answer = useAnswer(`quality ${id} ${turn}`, async () => {
    if (!mayRead) return undefined;
    const [quality, { batches }, silent] = await Promise.all([
      get('/v1/datasets/{dataset}/quality', { at: { dataset: id } }),
      get('/v1/batches', { query: { dataset: id, limit: '6' } }),
      decides
        ? everyPage(
            (cursor) => get('/v1/inbox', { query: { kind: 'silent', limit: '200', cursor } }),
            (inbox) => inbox.silent,
          )
        : [],
    ]);
    return { quality, batches, silent: silent.find((one) => one.dataset === id) };
  });
  if (!mayRead) return <p className="muted">{say('qualityNotYours')}</p>;
  if (answer.value === undefined) return null;
  const { quality, batches, silent } = answer.value;
  const [newest] = quality.batches;
  const oldestFirst = [...quality.batches].reverse();
  const share = (value: number | undefined): string =>
    value === undefined ? '—' : `${number(Math.round(value * 1000) / 10)} %`;
  const chosen = quality.batches.find(({ batch }) => batch === filter['batch']);
  const told = (one: Batch, word: Parameters<typeof say>[0], text: string): string =>
    `${when(one.publishedAt)} ${say(word)} ${text}`;
  const opened = (
    one: Batch,
    word: Parameters<typeof say>[0],
    text: string,
    shown?: ReactNode,
  ): ReactNode => (
    <Link to={addressOf('held', [one.batch])} label={told(one, word, text)}>
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
        label={told(one, word, share(value))}
        to={addressOf('datasets', [id], { ...filter, batch: one.batch, field: '' })}
      >
        {bar}
      </Link>
    );
  };
  return (
    <section className="card">
      <h2>{say('quality')}</h2>
      {silent === undefined ? null : (
        <p role="alert" className="loosened">
          {say('silentSince', { due: day(silent.due) })}
        </p>
      )}
      <p className="muted">
        {dataset.intake.expect === undefined
          ? say('expectNone')
          : say('expectEvery', { every: everyOf(dataset.intake.expect, say) })}
      </p>
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
            columns={[
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
            ]}
          />
          <FieldQuality dataset={id} batch={chosen ?? newest} share={share} />
        </>
      )}
      <h3>{say('lastBatches')}</h3>
      <Table
        aria-label={say('lastBatches')}
        size="small"
        pagination={false}
        rowKey={({ batch }) => batch}
        dataSource={batches}
        locale={{ emptyText: say('batchesEmpty') }}
        columns={[
          { title: say('opened'), render: (_, one) => when(one.openedAt) },
          {
            title: say('fileName'),
            render: (_, one) => <Link to={addressOf('held', [one.batch])}>{one.fileName ?? one.batch}</Link>,
          },
          { title: say('state'), render: (_, one) => <State state={one.state} /> },
          {
            title: say('heldWhy'),
            render: (_, { findings = [] }) =>
              findings.map(({ text }) => pick(text)).join(say('pointSemicolon')) || '—',
          },
        ]}
      />
    </section>
  );
}

function everyOf(expect: Expect, say: ReturnType<typeof useWords>['say']): string {
  return say(`every_${expect.every}`, 'by' in expect ? { by: expect.by } : {});
}
