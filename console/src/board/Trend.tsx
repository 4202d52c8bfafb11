import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import { axisEnd } from './axis.ts';
import { CallsTable } from './CallsTable.tsx';
import './trend.css';

type Week = Schemas['Board']['weeks'][number];

const step = 40;

/** Calls of the last twelve weeks: bars, red for refused ones, over an axis of weeks; and the same numbers as a table. */
export function Trend({ weeks }: { readonly weeks: readonly Week[] }): ReactNode {
  const { say, number, day, shortDay } = useWords();
  const end = axisEnd(Math.max(0, ...weeks.map(({ answered = 0, refused = 0 }) => answered + refused)));
  const shown = (calls: number | undefined): string =>
    calls === undefined ? say('boardFew') : number(calls);
  return (
    <>
      <ul className="trend-legend plain" aria-hidden="true">
        <li className="of-answered">{say('b_answered')}</li>
        <li className="of-refused">{say('b_refused')}</li>
      </ul>
      <div className="trend" role="img" aria-label={say('boardTrend')}>
        <div className="trend-values">
          {[end, end / 2, 0].map((value) => (
            <span key={value}>{number(value)}</span>
          ))}
        </div>
        {/* stretched to the width of the page; the texts around it are not */}
        <svg viewBox={`0 0 ${weeks.length * step} ${end}`} preserveAspectRatio="none">
          {[0, end / 2, end].map((y) => (
            <line key={y} className="trend-line" x1={0} x2={weeks.length * step} y1={y} y2={y} />
          ))}
          {weeks.map(({ week, answered = 0, refused = 0 }, at) => (
            <g key={week}>
              <rect
                className="trend-answered"
                x={at * step + 4}
                width={step - 8}
                y={end - answered}
                height={answered}
              />
              <rect
                className="trend-refused"
                x={at * step + 4}
                width={step - 8}
                y={end - answered - refused}
                height={refused}
              />
            </g>
          ))}
        </svg>
        <div className="trend-weeks">
          {weeks.map(({ week }) => (
            <span key={week} title={day(week)}>
              {shortDay(week)}
            </span>
          ))}
        </div>
      </div>
      <details>
        <summary>{say('boardTrendTable')}</summary>
        <CallsTable titles={[say('boardWeek')]}>
          {weeks.map(({ week, answered, refused }) => (
            <tr key={week}>
              <th scope="row">{day(week)}</th>
              <td className="count">{shown(answered)}</td>
              <td className="count">{shown(refused)}</td>
            </tr>
          ))}
        </CallsTable>
      </details>
    </>
  );
}
