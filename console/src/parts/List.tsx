import { Button, Table, type TableColumnsType } from 'antd';
import { useState, type ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import type { Answered } from '../api/useAnswer.ts';
import { isBackInList, useRoute } from '../route.ts';
import { useWords } from '../words/words.ts';
import { labelled } from './labelled.ts';
import { NoRows } from './NoRows.tsx';
import { Select } from './Select.tsx';

/** Of the answer to a list: the cursors of the pages next to this one, and the number of rows where it was counted. */
export interface ListedPage {
  readonly nextCursor?: string;
  readonly previousCursor?: string;
  readonly total?: Schemas['ListTotal'];
}

/** Query of a list: position, order and count. */
export type ListPlace = Readonly<Record<'cursor' | 'sort', string | undefined>> & {
  readonly total: 'true';
};

/** The order of a list in the address. A second list of a page has another one. @param cursorName as of the list */
const sortNameOf = (cursorName: string): string => (cursorName === 'cursor' ? 'sort' : `${cursorName}Sort`);

/** @param filter of the address @param cursorName as of the list */
export const placeIn = (filter: Readonly<Record<string, string>>, cursorName = 'cursor'): ListPlace => ({
  cursor: filter[cursorName],
  sort: filter[sortNameOf(cursorName)],
  total: 'true',
});

/** Makes a column one that the hub can order the list by. @param sort a name of its orders */
export const sortedBy = (sort: string): { readonly key: string; readonly sorter: true } => ({
  key: sort,
  sorter: true,
});

/** A list as the hub orders, pages and counts it. The address has its order and its position. */
export function List<T extends object>(props: {
  readonly label: string;
  readonly columns: TableColumnsType<T>;
  readonly rows: readonly T[] | undefined;
  readonly keyOf: (row: T) => string;
  readonly answer: Pick<Answered<unknown>, 'loading'>;
  readonly empty: string;
  /** absent: a list of one page */
  readonly page?: ListedPage | undefined;
  /** the hub's order where the address has none */
  readonly usualSort?: string;
  /** its cursor parameter in the address, where a page has a second list */
  readonly cursorName?: string;
}): ReactNode {
  const { label, columns, rows, keyOf, answer, empty, page, usualSort = '', cursorName = 'cursor' } = props;
  const { filter, refine } = useRoute();
  const waits = answer.loading && rows === undefined;
  const sortName = sortNameOf(cursorName);
  const sort = filter[sortName] ?? usualSort;
  const order = (chosen: string): void =>
    refine({ [sortName]: chosen === usualSort ? '' : chosen, [cursorName]: '' });
  const ordered = columns.map((column) => ({
    ...column,
    ...('sorter' in column
      ? { sortOrder: sort === column.key ? ascend : sort === `-${String(column.key)}` ? descend : null }
      : {}),
  }));
  return (
    <div className={waits ? 'listed list-waits' : 'listed'}>
      <SortChoice columns={columns} sort={sort} order={order} />
      <Table<T>
        aria-label={label}
        size="middle"
        columns={labelled(ordered)}
        dataSource={rows === undefined ? [] : [...rows]}
        rowKey={keyOf}
        pagination={false}
        loading={waits}
        sortDirections={[ascend, descend, ascend]}
        showSorterTooltip={false}
        onChange={(_pages, _filters, sorter) => {
          const chosen = Array.isArray(sorter) ? sorter[0] : sorter;
          order(`${chosen?.order === descend ? '-' : ''}${String(chosen?.columnKey ?? '')}`);
        }}
        locale={{ emptyText: <NoRows rows={rows} answer={answer} empty={empty} /> }}
      />
      <Pager page={page} cursorName={cursorName} isLoading={answer.loading} />
    </div>
  );
}

const ascend = 'ascend' as const;
const descend = 'descend' as const;

/** The order of a list on a narrow screen, where the table has no heads to click. */
function SortChoice<T>(props: {
  readonly columns: TableColumnsType<T>;
  readonly sort: string;
  readonly order: (sort: string) => void;
}): ReactNode {
  const { columns, sort, order } = props;
  const { say } = useWords();
  const options = columns.flatMap((column) =>
    'sorter' in column && typeof column.title === 'string'
      ? [
          { value: String(column.key), text: `${column.title} ↑` },
          { value: `-${String(column.key)}`, text: `${column.title} ↓` },
        ]
      : [],
  );
  if (options.length === 0) return null;
  const isNamed = options.some(({ value }) => value === sort);
  return (
    <div className="sort-choice">
      <Select
        label={say('listSort')}
        value={sort}
        set={order}
        options={isNamed ? options : [{ value: sort, text: say('listUsual') }, ...options]}
      />
    </div>
  );
}

/** The number of rows, and buttons to the pages; each page has its own address, so that Back returns to the page before. */
export function Pager(props: {
  readonly page: ListedPage | undefined;
  readonly cursorName?: string;
  /** whether `page` may be of the address before */
  readonly isLoading?: boolean;
}): ReactNode {
  const { page, cursorName = 'cursor', isLoading = false } = props;
  const { say, number } = useWords();
  const { filter } = useRoute();
  const { nextCursor } = page ?? {};
  const total = useTotal(isLoading ? undefined : page?.total, cursorName);
  const isFirst = (filter[cursorName] ?? '') === '';
  const isOnly = nextCursor === undefined && isFirst;
  if (isOnly && (total === undefined || total.count === 0)) return null;
  return (
    <div className="pager">
      {total === undefined ? null : (
        <span className="muted" role="status">
          {say(total.more ? 'listMore' : 'listTotal', { n: number(total.count) })}
        </span>
      )}
      {isOnly ? null : <PageTurns page={page} cursorName={cursorName} isLoading={isLoading} />}
    </div>
  );
}

/** The number of rows of a list: the hub counts them with the first page, and the other pages show what it counted. */
function useTotal(counted: Schemas['ListTotal'] | undefined, cursorName: string): typeof counted {
  const { page, what, filter } = useRoute();
  const list = JSON.stringify([page, what, Object.entries({ ...filter, [cursorName]: '' }).sort()]);
  const [known, setKnown] = useState<{ readonly list: string; readonly total: typeof counted }>();
  if (counted !== undefined && (known?.list !== list || known.total !== counted))
    setKnown({ list, total: counted });
  return counted ?? (known?.list === list ? known.total : undefined);
}

function PageTurns(props: {
  readonly page: ListedPage | undefined;
  readonly cursorName: string;
  readonly isLoading: boolean;
}): ReactNode {
  const { page, cursorName, isLoading } = props;
  const { nextCursor, previousCursor } = page ?? {};
  const { say } = useWords();
  const { filter, refine } = useRoute();
  const isFirst = (filter[cursorName] ?? '') === '';
  const hasPrevious = !isFirst && (previousCursor !== undefined || isBackInList());
  const turn = (cursor: string): void => refine({ [cursorName]: cursor });
  return (
    <>
      <Button disabled={isFirst} onClick={() => turn('')}>
        {say('first')}
      </Button>
      <Button
        disabled={isLoading || !hasPrevious}
        onClick={() => (previousCursor === undefined ? window.history.back() : turn(previousCursor))}
      >
        {say('previous')}
      </Button>
      <Button disabled={isLoading || nextCursor === undefined} onClick={() => turn(nextCursor ?? '')}>
        {say('more')}
      </Button>
    </>
  );
}
