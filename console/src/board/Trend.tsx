import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import { CallsTable } from './CallsTable.tsx';

type Week = Schemas['Board']['weeks'][number];

const height = 80;
const step = 40;

/** Calls of the last twelve weeks: bars, red for refused ones, and the same numbers as a table. */
export function Trend({ weeks }: { readonly weeks: readonly Week[] }): ReactNode {
  const { say, number, day } = useWords();
  const most = Math.max(1, ...weeks.map(({ answered = 0, refused = 0 }) => answered + refused));
  const tall = (calls: number): number => (calls / most) * height;
  const shown = (calls: number | undefined): string =>
    calls === undefined ? say('boardFew') : number(calls);
  return (
    <>
      <svg
        className="flow-picture"
        viewBox={`0 0 ${weeks.length * step} ${height}`}
        role="img"
        aria-label={say('boardTrend')}
      >
        {weeks.map(({ week, answered = 0, refused = 0 }, at) => (
          <g key={week}>
            <rect
              className="trend-answered"
              x={at * step + 4}
              width={step - 8}
              y={height - tall(answered)}
              height={tall(answered)}
            />
            <rect
              className="trend-refused"
              x={at * step + 4}
              width={step - 8}
              y={height - tall(answered) - tall(refused)}
              height={tall(refused)}
            />
          </g>
        ))}
      </svg>
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
