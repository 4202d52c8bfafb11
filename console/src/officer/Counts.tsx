import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { Chart } from '../parts/chart/Chart.tsx';
import { useDepartments } from '../parts/useDepartments.ts';
import { useWords } from '../words/words.ts';

type Counted = NonNullable<Schemas['LogEntries']['counts']>;
const shown = 31;

/** How many entries answer, by day, department and code. */
export function Counts({ counts }: { readonly counts: Counted }): ReactNode {
  const { say, number, day } = useWords();
  const { name } = useDepartments();
  const days = Object.entries(counts.byDay).sort();
  return (
    <section className="card" aria-label={say('counts')}>
      <h2>{say('countsTotal', { total: number(counts.total) })}</h2>
      {days.length < 2 ? null : (
        <Chart
          kind="bars"
          at={days.map(([one]) => day(one))}
          series={[{ name: say('byDay'), values: days.map(([, count]) => count) }]}
        />
      )}
      <div className="thirds">
        <Bars
          title={say('byDay')}
          of={days.map(([one, count]): [string, number] => [day(one), count]).reverse()}
        />
        <Bars
          title={say('byDepartment')}
          of={byCount(counts.byDepartment).map(([code, count]) => [name(code), count])}
        />
        <Bars title={say('countByCode')} of={byCount(counts.byCode)} />
      </div>
    </section>
  );
}

const byCount = (of: Readonly<Record<string, number>>): [string, number][] =>
  Object.entries(of).sort(([, one], [, other]) => other - one);

function Bars(props: {
  readonly title: string;
  readonly of: readonly (readonly [string, number])[];
}): ReactNode {
  const { say, number } = useWords();
  const most = Math.max(1, ...props.of.map(([, count]) => count));
  return (
    <table className="bars">
      <caption>{props.title}</caption>
      <tbody>
        {props.of.length === 0 ? (
          <tr>
            <td>{say('none')}</td>
          </tr>
        ) : null}
        {props.of.slice(0, shown).map(([what, count]) => (
          <tr key={what}>
            <th scope="row">{what}</th>
            <td>
              <meter min={0} max={most} value={count} aria-hidden="true" />
            </td>
            <td className="count">{number(count)}</td>
          </tr>
        ))}
        {props.of.length > shown ? (
          <tr>
            <td colSpan={3}>{say('countsMore', { more: props.of.length - shown })}</td>
          </tr>
        ) : null}
      </tbody>
    </table>
  );
}
