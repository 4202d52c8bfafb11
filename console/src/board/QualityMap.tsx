import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Link } from '../parts/Link.tsx';
import { Pager } from '../parts/List.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { shareText } from '../parts/shareText.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRoleFor, readers, useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import './qualityMap.css';

type Dataset = Schemas['QualityWeeks']['datasets'][number];
const grades = ['A', 'B', 'C', 'D'] as const;
/** Its cursor in the address of the board. */
const cursorName = 'quality';

/** 质量热力图: a table of datasets and weeks; the colour of a cell repeats the grade in it. */
export function QualityMap(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const query = { limit: '20', cursor: filter[cursorName] };
  const answer = useAnswer(`quality map ${query.cursor ?? ''} ${turn}`, () => get('/v1/quality', { query }));
  const { weeks = [], datasets = [] } = answer.value ?? {};
  return (
    <section className="card">
      <h2>{say('boardQuality')}</h2>
      <p className="muted">{say('boardQualityLead')}</p>
      <Refusal error={answer.error} cli={asCall('GET /v1/quality', { query })} />
      {datasets.length === 0 ? (
        answer.value === undefined ? null : (
          <p role="status">{say('boardQualityNone')}</p>
        )
      ) : (
        <HeatMap weeks={weeks} datasets={datasets} />
      )}
      <Pager page={answer.value} cursorName={cursorName} isLoading={answer.loading} />
    </section>
  );
}

/** The legend and the table. */
export function HeatMap(props: {
  readonly weeks: readonly string[];
  readonly datasets: readonly Dataset[];
}): ReactNode {
  const { weeks, datasets } = props;
  const { say, day } = useWords();
  return (
    <>
      <ul className="heat-legend plain">
        {grades.map((grade) => (
          <li key={grade} className={`heat heat-${grade}`}>
            {say(`boardGrade_${grade}`)}
          </li>
        ))}
      </ul>
      <div className="scroll" tabIndex={0} role="group" aria-label={say('boardQuality')}>
        <table className="heat-map" aria-label={say('boardQuality')}>
          <thead>
            <tr>
              <th scope="col">{say('dataset')}</th>
              {weeks.map((week) => (
                <th key={week} scope="col" title={day(week)}>
                  <ShortDay of={week} />
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {datasets.map((one) => (
              <Row key={one.dataset} of={one} weeks={weeks} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

function Row(props: { readonly of: Dataset; readonly weeks: readonly string[] }): ReactNode {
  const { of, weeks } = props;
  const { say, pick, number } = useWords();
  const { session } = useSession();
  const { name } = useDepartments();
  const { dataset, department } = of;
  // leaders have the numbers of the board, and no quality tab
  const tab = hasRoleFor(session, readers, department) ? { tab: 'quality' } : {};
  return (
    <tr>
      <th scope="row">
        <Link to={addressOf('datasets', [dataset], tab)}>
          <span title={dataset}>{pick(of.title)}</span>
        </Link>
        <br />
        <span className="muted">{name(department)}</span>
      </th>
      {weeks.map((week) => {
        const found = of.weeks.find((one) => one.week === week);
        if (found === undefined)
          return (
            <td key={week} className="muted" title={say('boardQualityEmptyLong')}>
              {say('boardQualityEmpty')}
            </td>
          );
        const { grade, batches } = found;
        const score = shareText(found.score, number);
        return (
          <td
            key={week}
            className={`heat heat-${grade}`}
            title={say('boardQualityCell', { batches: number(batches), score })}
          >
            <strong>{grade}</strong> {number(Math.round(found.score * 100))}
          </td>
        );
      })}
    </tr>
  );
}

/** A day without its year: 11月23日, 23 Nov. */
function ShortDay({ of }: { readonly of: string }): ReactNode {
  const { language } = useWords();
  return new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    month: 'short',
    day: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${of}T00:00:00Z`));
}
