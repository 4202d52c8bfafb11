import { Button } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { Link } from '../parts/Link.tsx';
import { Page } from '../parts/Page.tsx';
import { shareText } from '../parts/shareText.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { Bars } from './Bars.tsx';
import { FlowPicture } from './FlowPicture.tsx';
import { OverdueCard } from './OverdueCard.tsx';
import { QualityMap } from './QualityMap.tsx';
import { Trend } from './Trend.tsx';

export const spans = ['7', '30', '90', '365'] as const;
type Row = Schemas['BoardRows']['rows'][number];

/** 看板: results of the exchange, delays, and pending work by place. Each number opens its rows. */
export function BoardPage(): ReactNode {
  const { say, number, day } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { name } = useDepartments();
  const { days = '' } = filter;
  const answer = useAnswer(`board ${days} ${turn}`, async () => {
    const query = { days };
    const [board, answered, waiting, refused] = await Promise.all([
      get('/v1/board', { query }),
      get('/v1/board/{figure}', { at: { figure: 'answered' }, query }),
      get('/v1/board/{figure}', { at: { figure: 'waiting' }, query }),
      get('/v1/board/{figure}', { at: { figure: 'refused' }, query }),
    ]);
    return { board, answered, waiting, refused };
  });
  const { board, answered, waiting, refused } = answer.value ?? {};
  return (
    <Page
      title={say('board')}
      lead={say('boardLead')}
      error={answer.error}
      cli={asCall('GET /v1/board', { query: { days } })}
      actions={<Button onClick={() => window.print()}>{say('print')}</Button>}
    >
      <div className="filters">
        <Choice
          name="days"
          label={say('boardSpan')}
          all={say('boardDays', { n: 30 })}
          options={spans
            .filter((one) => one !== '30')
            .map((value) => ({ value, text: say('boardDays', { n: value }) }))}
        />
      </div>
      {board === undefined ? null : (
        <>
          <OverdueCard />
          <ul className="figures">
            {board.figures.map((one) => (
              <li key={one.figure} className="card">
                <Link to={addressOf('board', [one.figure], { days })}>
                  <span className="number">
                    {one.few || one.count === undefined
                      ? say('boardFew')
                      : one.of === 0
                        ? '—'
                        : one.of === undefined
                          ? number(one.count)
                          : shareText(one.count / one.of, number)}
                  </span>
                  <span>{say(`b_${one.figure}`)}</span>
                </Link>
                <span className="muted">
                  {one.of === undefined || one.count === undefined
                    ? say(`bx_${one.figure}`)
                    : say('boardOf', { count: number(one.count), of: number(one.of) })}
                </span>
              </li>
            ))}
          </ul>
          <section className="card">
            <h2>{say('boardFlows')}</h2>
            <FlowPicture answered={answered} refused={refused} days={days} />
          </section>
          <section className="card">
            <h2>{say('boardTrend')}</h2>
            <Trend weeks={board.weeks} />
          </section>
          <QualityMap />
          <div className="halves">
            <section className="card">
              <h2>{say('boardByDepartment')}</h2>
              <Bars bars={byDepartment(answered?.rows ?? [], name)} empty={say('boardNone')} />
            </section>
            <section className="card">
              <h2>{say('boardWaits')}</h2>
              <Bars bars={byDepartment(waiting?.rows ?? [], name)} empty={say('boardNothingWaits')} />
            </section>
          </div>
          <p className="muted">
            {say('boardMade', {
              from: day(board.from),
              until: day(board.until),
              entries: number(board.entries),
            })}
          </p>
        </>
      )}
    </Page>
  );
}

/** The figures of each department, the highest first. Figures with too few samples are not added up. */
function byDepartment(
  rows: readonly Row[],
  name: (code: string | undefined) => string,
): readonly { readonly text: string; readonly count: number }[] {
  const sums = new Map<string, number>();
  for (const { department, count } of rows)
    if (count !== undefined) sums.set(name(department), (sums.get(name(department)) ?? 0) + count);
  return [...sums]
    .map(([text, count]) => ({ text, count }))
    .sort((one, other) => other.count - one.count)
    .slice(0, 12);
}
