import { Alert } from 'antd';
import type { ReactNode } from 'react';
import type { ReportFigures } from '../../../log/monthReport.ts';
import type { ReportedMonth } from '../../../log/reportedMonth.ts';
import type { MatterSaved } from '../../../log/savedMaterials.ts';
import { dayInChina } from '../../../terms/civilDate.ts';
import { useAnswer, type Answered } from '../api/useAnswer.ts';
import { Bars } from '../board/Bars.tsx';
import { Choice } from '../parts/Choice.tsx';
import { CommandLine } from '../parts/CommandLine.tsx';
import { Facts } from '../parts/Facts.tsx';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { PrintButton } from '../parts/PrintButton.tsx';
import { useDatasetNames } from '../parts/useDatasetNames.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { useSession } from '../session.ts';
import { useWords } from '../words/words.ts';
import { countMonth, maxEntries } from './countMonth.ts';

/** Months to choose from, and rows of a table. */
const maxMonths = 24;
const maxRows = 30;

/** Figures of a month with charts, to print: counted in this browser from the entries of the log. */
export function MonthPage(): ReactNode {
  const { say, number } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const month = /^\d{4}-(?:0[1-9]|1[0-2])$/.exec(filter['month'] ?? '')?.[0] ?? '';
  const answer = useAnswer(`month ${month} ${turn}`, () =>
    month === '' ? Promise.resolve(undefined) : countMonth(month),
  );
  const counted = answer.value;
  const line = `npx datong audit report ${month === '' ? '2026-11' : month} --as auditor --html report.html`;
  return (
    <Page
      title={say('monthReport')}
      lead={say('mrLead')}
      error={answer.error}
      cli={line}
      actions={
        <>
          <Link to={addressOf('audit')}>{say('back')}</Link>
          <PrintButton />
        </>
      }
    >
      <Months />
      {counted === undefined ? <NotCounted answer={answer} isChosen={month !== ''} /> : null}
      {counted !== undefined && 'tooMany' in counted ? (
        <Alert
          role="alert"
          type="warning"
          showIcon
          title={say('mrTooMany', { n: number(counted.tooMany), most: number(maxEntries) })}
        />
      ) : null}
      {counted !== undefined && 'missing' in counted ? (
        <Alert
          role="alert"
          type="error"
          showIcon
          title={say('mrMissing', { index: number(counted.missing) })}
        />
      ) : null}
      {counted !== undefined && 'report' in counted ? <Report of={counted.report} /> : null}
      <CommandLine label={say('sameByCli')} line={line} />
    </Page>
  );
}

/** Where the month could not be counted, the page shows why. */
function NotCounted(props: {
  readonly answer: Pick<Answered<unknown>, 'loading' | 'error'>;
  readonly isChosen: boolean;
}): ReactNode {
  const { answer, isChosen } = props;
  const { say } = useWords();
  if (!answer.loading && answer.error !== undefined) return null;
  return (
    <p className="card" role="status">
      {say(answer.loading && isChosen ? 'loading' : 'mrChoose')}
    </p>
  );
}

/** The months up to now; one is counted as soon as it is chosen. */
function Months(): ReactNode {
  const { say } = useWords();
  const monthText = useMonthText();
  const [year = 0, now = 0] = dayInChina(Date.now()).split('-').map(Number);
  const months = Array.from({ length: maxMonths }, (_, back) =>
    new Date(Date.UTC(year, now - 1 - back, 1)).toISOString().slice(0, 7),
  );
  return (
    <div className="filters no-print">
      <Choice
        name="month"
        label={say('mrMonth')}
        all="—"
        options={months.map((value) => ({ value, text: monthText(value) }))}
      />
    </div>
  );
}

/** 2026年11月, November 2026. */
function useMonthText(): (month: string) => string {
  const { language } = useWords();
  const format = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    year: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  });
  return (month) => format.format(new Date(`${month}-01T00:00:00Z`));
}

const sums = ['calls', 'denied', 'rows', 'withheld', 'cases', 'consentsGiven', 'consentsWithdrawn'] as const;
const more = ['batches', 'rowsIn', 'badIn', 'inTime', 'late'] as const;

type Named = Readonly<Record<string, ReportFigures>>;

function Report({ of }: { readonly of: ReportedMonth }): ReactNode {
  const { say, number } = useWords();
  const { name } = useDepartments();
  const monthText = useMonthText();
  const datasets = mostCalled(of.byDataset);
  const titleOf = useDatasetNames(datasets.map(([id]) => id));
  const departments = mostCalled(of.byDepartment);
  const titled = (named: typeof departments, textOf: (code: string) => string, member: 'calls' | 'rows') =>
    named
      .map(([code, figures]) => ({ text: textOf(code), count: figures[member] }))
      .filter(({ count }) => count > 0)
      .sort((one, other) => other.count - one.count);
  const denials = Object.entries(of.total.denials).map(([text, count]) => ({ text, count }));
  return (
    <>
      <section className="card">
        <h2>{say('mrOf', { month: monthText(of.month) })}</h2>
        <Facts of={[...sums, ...more].map((member) => [say(`mr_${member}`), number(of.total[member])])} />
        <p className="muted">
          {of.first === undefined
            ? say('mrNone')
            : say('mrFrom', {
                n: number(of.entries),
                first: number(of.first),
                last: number(of.last ?? of.first),
              })}
        </p>
      </section>
      <section className="card">
        <h2>{say('mrCallsBy')}</h2>
        <Bars bars={titled(departments, name, 'calls')} empty={say('boardNone')} />
      </section>
      <section className="card">
        <h2>{say('mrRowsOf')}</h2>
        <Bars bars={titled(datasets, titleOf, 'rows')} empty={say('boardNone')} />
      </section>
      <section className="card">
        <h2>{say('mrDenials')}</h2>
        <Bars bars={denials} empty={say('boardNone')} />
      </section>
      {of.saved === undefined ? null : (
        <section className="card">
          <h2>{say('mrSaved')}</h2>
          <SavedPapers of={of.saved} />
        </section>
      )}
      <section className="card">
        <h2>{say('mrByDepartment')}</h2>
        <FigureTable label={say('mrByDepartment')} head={say('department')} of={departments} textOf={name} />
      </section>
      <section className="card">
        <h2>{say('mrByDataset')}</h2>
        <FigureTable label={say('mrByDataset')} head={say('dataset')} of={datasets} textOf={titleOf} />
        {Object.keys(of.byDataset).length > maxRows ? (
          <p className="muted">{say('mrFirst', { n: number(maxRows) })}</p>
        ) : null}
      </section>
    </>
  );
}

/** The papers of each matter with the number of cases that did not need them. */
function SavedPapers({ of }: { readonly of: readonly MatterSaved[] }): ReactNode {
  const { say, pick, number } = useWords();
  const rows = of.flatMap((matter) => matter.materials.map((paper, nth) => ({ matter, paper, nth })));
  return (
    <>
      <p>
        {say('mrSavedSum', {
          n: number(rows.reduce((sum, { paper }) => sum + paper.spared, 0)),
          cases: number(of.reduce((sum, { cases }) => sum + cases, 0)),
        })}
      </p>
      <List<(typeof rows)[number]>
        label={say('mrSaved')}
        rows={rows}
        keyOf={({ matter, nth }) => `${matter.code} ${nth}`}
        answer={{ loading: false }}
        empty={say('boardNone')}
        columns={[
          {
            title: say('boardMatter'),
            render: (_, { matter }) => <span title={matter.code}>{pick(matter.title)}</span>,
          },
          { title: say('boardMaterial'), render: (_, { paper }) => pick(paper.title) },
          { title: say('mrSpared'), align: 'right', render: (_, { paper }) => number(paper.spared) },
          { title: say('mr_cases'), align: 'right', render: (_, { matter }) => number(matter.cases) },
        ]}
      />
    </>
  );
}

/** Those with the most calls. */
const mostCalled = (named: Named): readonly (readonly [code: string, figures: ReportFigures])[] =>
  Object.entries(named)
    .sort(([, one], [, other]) => other.calls - one.calls)
    .slice(0, maxRows);

function FigureTable(props: {
  readonly label: string;
  readonly head: string;
  readonly of: readonly (readonly [code: string, figures: ReportFigures])[];
  readonly textOf: (code: string) => string;
}): ReactNode {
  const { label, head, of, textOf } = props;
  const { say, number } = useWords();
  return (
    <List<readonly [code: string, figures: ReportFigures]>
      label={label}
      rows={of}
      keyOf={([code]) => code}
      answer={{ loading: false }}
      empty={say('boardNone')}
      columns={[
        { title: head, render: (_, [code]) => <span title={code}>{textOf(code)}</span> },
        ...(['calls', 'denied', 'rows', 'cases', 'rowsIn', 'badIn', 'late'] as const).map((member) => ({
          title: say(`mr_${member}`),
          align: 'right' as const,
          render: (_: unknown, [, figures]: readonly [string, ReportFigures]) => number(figures[member]),
        })),
      ]}
    />
  );
}
