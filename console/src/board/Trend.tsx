import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import { axisEnd } from './axis.ts';
import { CallsTable } from './CallsTable.tsx';
import './trend.css';

type Week = Schemas['Board']['weeks'][number];

const step = 40;
/** Calls of a week that has no number are at most so many: their mark is as high. */
const maxFew = 4;

/**
 * Calls of the last twelve weeks: bars, red for refused ones, over an axis of weeks; and the same numbers as a table. Where calls are too few
 * for a number, the bar has an outline alone.
 */
export function Trend({ weeks }: { readonly weeks: readonly Week[] }): ReactNode {
  const { say, number, day, shortDay } = useWords();
  const end = axisEnd(
    Math.max(0, ...weeks.map(({ answered = maxFew, refused = maxFew }) => answered + refused)),
  );
  const hasFew = weeks.some(({ answered, refused }) => answered === undefined || refused === undefined);
  const shown = (calls: number | undefined): string =>
    calls === undefined ? say('boardFew') : number(calls);
  return (
    <>
      <ul className="trend-legend plain" aria-hidden="true">
        <li className="of-answered">{say('b_answered')}</li>
        <li className="of-refused">{say('b_refused')}</li>
        {hasFew ? <li className="of-few">{say('boardFew')}</li> : null}
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
          {weeks.map(({ week, answered, refused }, at) => (
            <g key={week}>
              <rect
                className={answered === undefined ? 'trend-few' : 'trend-answered'}
                x={at * step + 4}
                width={step - 8}
                y={end - (answered ?? maxFew)}
                height={answered ?? maxFew}
              />
              <rect
                className={refused === undefined ? 'trend-few' : 'trend-refused'}
                x={at * step + 4}
                width={step - 8}
                y={end - (answered ?? maxFew) - (refused ?? maxFew)}
                height={refused ?? maxFew}
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
