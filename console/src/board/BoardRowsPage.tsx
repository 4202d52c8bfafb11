import { Button } from 'antd';
import type { ReactNode } from 'react';
import { asCall } from '../api/asCall.ts';
import { get, type Schemas } from '../api/call.ts';
import { useAnswer } from '../api/useAnswer.ts';
import { Choice } from '../parts/Choice.tsx';
import { Link } from '../parts/Link.tsx';
import { List } from '../parts/List.tsx';
import { Page } from '../parts/Page.tsx';
import { useDatasetNames } from '../parts/useDatasetNames.ts';
import { useDepartments } from '../parts/useDepartments.ts';
import { addressOf, useRoute } from '../route.ts';
import { hasRole, readers, useSession } from '../session.ts';
import { isWord } from '../parts/State.tsx';
import { useWords } from '../words/words.ts';
import { BoardItems } from './BoardItems.tsx';
import { spans } from './BoardPage.tsx';

type Row = Schemas['BoardRows']['rows'][number];
const known = ['answered', 'refused', 'saved', 'deadlines', 'linking'] as const;

/**
 * Address of the list with the things that a row counts: requests, duties, catalogue entries. Those who may not open it get the dataset, or what
 * waits for the department; undefined where there is neither.
 */
function listOf(
  session: Schemas['Session'],
  figure: (typeof known)[number],
  {
    kind,
    department = '',
    provider = '',
    dataset = '',
  }: Pick<Row, 'kind' | 'department' | 'provider' | 'dataset'>,
): string | undefined {
  if (figure === 'linking') return addressOf('catalogue', [], { department, linking: 'awaited' });
  if (figure === 'answered' || figure === 'refused') {
    if (!hasRole(session, ['auditor'])) return dataset === '' ? undefined : addressOf('datasets', [dataset]);
    return addressOf('audit', [], {
      kind: 'release',
      decision: figure === 'answered' ? 'allow' : 'deny',
      consumer: department,
      provider,
      dataset,
    });
  }
  if (kind === 'file') return addressOf('datasets', [dataset]);
  if (kind !== 'request' && kind !== 'duty') return undefined;
  if (!hasRole(session, readers)) return addressOf('board', ['waiting'], { department });
  return kind === 'request'
    ? addressOf('requests', [], { open: 'true' })
    : addressOf('duties', [], { department, due: '1' });
}

/** The rows or items behind a number of the board; no data of persons. */
export function BoardRowsPage(): ReactNode {
  const figure = useRoute().what[0];
  return figure === 'waiting' ? <WaitingItems /> : <FigureRows />;
}

/** The items that wait. */
function WaitingItems(): ReactNode {
  const { say } = useWords();
  const { turn } = useSession();
  const { filter } = useRoute();
  const { options } = useDepartments();
  const query = { department: filter['department'] };
  const answer = useAnswer(`${JSON.stringify(query)} ${turn}`, () =>
    get('/v1/board/waiting/items', { query }),
  );
  return (
    <Page
      title={say('b_waiting')}
      lead={say('bx_waiting')}
      error={answer.error}
      cli={asCall('GET /v1/board/waiting/items', { query })}
      actions={
        <>
          <Link to={addressOf('board')}>{say('back')}</Link>
          <Button onClick={() => window.print()}>{say('print')}</Button>
        </>
      }
    >
      <div className="filters">
        <Choice name="department" label={say('department')} all={say('allDepartments')} options={options} />
      </div>
      <BoardItems answer={answer} />
    </Page>
  );
}

/** Rows of a number: departments, datasets, matters. */
function FigureRows(): ReactNode {
  const { say, pick, number } = useWords();
  const { session, turn } = useSession();
  const { what, filter } = useRoute();
  const { options, name } = useDepartments();
  const figure = known.find((one) => one === what[0]) ?? 'answered';
  const { days = '', department = '' } = filter;
  const answer = useAnswer(`${figure} ${days} ${department} ${turn}`, () =>
    get('/v1/board/{figure}', { at: { figure }, query: { days, department } }),
  );
  const rows = answer.value?.rows;
  const titleOf = useDatasetNames(rows?.flatMap(({ dataset }) => dataset ?? []) ?? []);
  const some = (member: keyof Row): boolean => rows?.some((row) => row[member] !== undefined) === true;
  return (
    <Page
      title={say(`b_${figure}`)}
      lead={say(`bx_${figure}`)}
      error={answer.error}
      cli={asCall('GET /v1/board/{figure}', { at: { figure }, query: { days, department } })}
      actions={
        <>
          <Link to={addressOf('board', [], { days })}>{say('back')}</Link>
          <Button onClick={() => window.print()}>{say('print')}</Button>
        </>
      }
    >
      <div className="filters">
        <Choice name="department" label={say('department')} all={say('allDepartments')} options={options} />
        <Choice
          name="days"
          label={say('boardSpan')}
          all={say('boardDays', { n: 30 })}
          options={spans
            .filter((one) => one !== '30')
            .map((value) => ({ value, text: say('boardDays', { n: value }) }))}
        />
      </div>
      {answer.value?.cut === true ? <p role="status">{say('boardCut')}</p> : null}
      <List<Row>
        label={say(`b_${figure}`)}
        rows={rows}
        keyOf={(row) => JSON.stringify(row)}
        answer={answer}
        empty={say('boardNone')}
        columns={[
          ...(some('kind')
            ? [
                {
                  title: say('inboxKind'),
                  render: (_: unknown, { kind }: Row) => {
                    const word = `bk_${kind ?? ''}`;
                    return isWord(word) ? say(word) : '—';
                  },
                },
              ]
            : []),
          { title: say('department'), render: (_, row) => name(row.department) },
          ...(some('provider')
            ? [
                {
                  title: say('provider'),
                  render: (_: unknown, row: Row) => (row.provider === undefined ? '—' : name(row.provider)),
                },
              ]
            : []),
          ...(some('dataset')
            ? [
                {
                  title: say('dataset'),
                  render: (_: unknown, { dataset }: Row) =>
                    dataset === undefined ? (
                      '—'
                    ) : (
                      <Link to={addressOf('datasets', [dataset])}>
                        <span title={dataset}>{titleOf(dataset)}</span>
                      </Link>
                    ),
                },
              ]
            : []),
          ...(figure === 'saved'
            ? [
                { title: say('boardMatter'), render: (_: unknown, { matter }: Row) => pick(matter) },
                { title: say('boardMaterial'), render: (_: unknown, { material }: Row) => pick(material) },
              ]
            : []),
          {
            title: say('count'),
            align: 'right',
            render: (_, { count, of, few }) =>
              few || count === undefined
                ? say('boardFew')
                : of === undefined
                  ? number(count)
                  : say('boardOf', { count: number(count), of: number(of) }),
          },
          ...(rows?.some((row) => listOf(session, figure, row) !== undefined) === true
            ? [
                {
                  title: say('actions'),
                  render: (_: unknown, row: Row) => {
                    const to = listOf(session, figure, row);
                    return to === undefined ? (
                      '—'
                    ) : (
                      <Link
                        to={to}
                        label={`${say('open')} ${name(row.department)} ${row.dataset === undefined ? pick(row.matter) : titleOf(row.dataset)}`}
                      >
                        {say('open')}
                      </Link>
                    );
                  },
                },
              ]
            : []),
        ]}
      />
    </Page>
  );
}
