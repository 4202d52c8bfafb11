import type { ReactNode } from 'react';
import { unixMoment } from '../../../terms/civilDate.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Chart } from '../parts/chart/Chart.tsx';
import { Choice } from '../parts/Choice.tsx';
import { Facts } from '../parts/Facts.tsx';
import { LabelledTable } from '../parts/LabelledTable.tsx';
import { Link } from '../parts/Link.tsx';
import { useFieldNames } from '../parts/useFieldNames.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRoleAt, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';

type Readings = Schemas['Readings'];

/** How readings arrive, for the provider's own persons: rate, lag, refused calls, last value and gaps of each series, and a chart with its thresholds. */
export function ReadingsCard({ dataset }: { readonly dataset: Schemas['DatasetView'] }): ReactNode {
  const { say, number, when } = useWords();
  const { session, turn } = useSession();
  const { filter } = useRoute();
  const { id, intake } = dataset;
  const { readField: field, readSeries: series } = filter;
  const isShown =
    intake.timeField !== undefined && hasRoleAt(session, ['steward', 'clerk'], dataset.department);
  const answer = useAnswer(`readings ${id} ${turn} ${field ?? ''} ${series ?? ''}`, async () => {
    if (!isShown) return undefined;
    const [readings, { batches }] = await Promise.all([
      get('/v1/datasets/{dataset}/readings', { at: { dataset: id }, query: { field, series } }),
      get('/v1/batches', { query: { dataset: id, limit: '1' } }),
    ]);
    return { readings, day: batches[0], at: Date.now() };
  });
  const fieldName = useFieldNames(isShown ? [dataset.schema] : []);
  if (!isShown || answer.value === undefined) return null;
  const nameOf = (name: string): string => fieldName(dataset.schema, name) ?? name;
  const { readings, day, at } = answer.value;
  const { series: listed, refused, chart, fields } = readings;
  if (listed.length === 0 && refused.length === 0) return null;
  const seconds = (value: number): string => say('rdSeconds', { n: number(Math.round(value)) });
  return (
    <section className="card" aria-label={say('rdTitle')}>
      <h2>{say('rdTitle')}</h2>
      <Arrival readings={readings} day={day} at={at} />
      {chart === undefined ? null : (
        <>
          <div className="filters">
            <Choice
              name="readField"
              label={say('field')}
              all={nameOf(chart.field)}
              options={fields.map((value) => ({ value, text: nameOf(value) }))}
            />
            <Choice
              name="readSeries"
              label={say('rdOne')}
              all={chart.key.join(' · ')}
              options={listed.map(({ key }) => ({ value: JSON.stringify(key), text: key.join(' · ') }))}
            />
          </div>
          <Chart
            kind="lines"
            at={chart.points.map(({ from }) => from.slice(11, 16))}
            series={linesOf(chart, say('rdMean'), say('rdMax'))}
          />
        </>
      )}
      <LabelledTable
        aria-label={say('rdTitle')}
        size="small"
        pagination={listed.length > 20 ? { pageSize: 20 } : false}
        rowKey={({ key }) => JSON.stringify(key)}
        dataSource={listed}
        columns={[
          { title: say('rdOne'), render: (_, { key }) => key.join(' · ') },
          { title: say('rdLast'), render: (_, { time }) => when(time) },
          ...fields.map((name, i) => ({
            key: name,
            title: nameOf(name),
            align: 'right' as const,
            render: (_: unknown, { values }: Readings['series'][number]) => {
              const value = values[i]?.value ?? null;
              return value === null ? '—' : number(value);
            },
          })),
          { title: say('rdHour'), align: 'right', render: (_, one) => number(one.readings) },
          {
            title: say('rdGap'),
            align: 'right',
            render: (_, { longestGap }) => (longestGap === undefined ? '—' : seconds(longestGap)),
          },
        ]}
      />
    </section>
  );
}

interface Arriving {
  readonly readings: Readings;
  /** the newest submission */
  readonly day: Schemas['Batch'] | undefined;
  /** when it was asked, Unix milliseconds */
  readonly at: number;
}

/** Rate, lag, rows of the newest submission, and refused calls. */
function Arrival({ readings: { series, whole, refused }, day, at }: Arriving): ReactNode {
  const { say, number } = useWords();
  const newest = Math.max(...series.map(({ time }) => unixMoment(time)));
  const perHour = series.reduce((sum, one) => sum + one.readings, 0);
  const lag = Math.round((at - newest) / 1_000);
  return (
    <Facts
      of={[
        [
          say('rdRate'),
          // a slow sensor sends a few readings an hour, which are 0 a second when rounded
          perHour < 3_600
            ? say('rdPerHour', { n: number(perHour) })
            : say('rdPerSecond', { n: number(Math.round(perHour / 36) / 100) }),
        ],
        [say('rdLag'), series.length === 0 ? undefined : say('rdSeconds', { n: number(lag) })],
        [say('rdSeries'), `${number(series.length)}${whole ? '' : ' +'}`],
        [
          say('rdDay'),
          day === undefined ? undefined : (
            <Link key="day" to={addressOf('held', [day.batch])}>
              {`${number(day.counts?.rows ?? 0)} / ${number(day.counts?.bad ?? 0)}`}
            </Link>
          ),
        ],
        [
          say('rdRefused'),
          refused.length === 0
            ? number(0)
            : refused.map(({ code, calls }) => `${code} × ${number(calls)}`).join(' · '),
        ],
      ]}
    />
  );
}

/** The chart's lines: mean and maximum, and one line for each threshold. */
function linesOf(
  { points, thresholds }: NonNullable<Readings['chart']>,
  mean: string,
  max: string,
): { readonly name: string; readonly values: readonly number[] }[] {
  return [
    { name: mean, values: points.map(({ avg }) => avg) },
    { name: max, values: points.map((one) => one.max) },
    ...thresholds.map(({ rule, value }) => ({ name: rule, values: points.map(() => value) })),
  ];
}
