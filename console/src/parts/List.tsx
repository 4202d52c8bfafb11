import { Button, Empty, Table, type TableColumnsType } from 'antd';
import type { ReactNode } from 'react';
import type { Answered } from '../api/useAnswer.ts';
import { isBackInList, useRoute } from '../route.ts';
import { useWords } from '../words/words.ts';
import { labelled } from './labelled.ts';

/** A list as the hub pages it: the address has its position, and the cursor of this page requests the next one. */
export function List<T extends object>(props: {
  readonly label: string;
  readonly columns: TableColumnsType<T>;
  readonly rows: readonly T[] | undefined;
  readonly keyOf: (row: T) => string;
  readonly answer: Pick<Answered<unknown>, 'loading'>;
  readonly empty: string;
  readonly nextCursor?: string | undefined;
  /** its cursor parameter in the address, where a page has a second list */
  readonly cursorName?: string;
}): ReactNode {
  const { label, columns, rows, keyOf, answer, empty, nextCursor, cursorName = 'cursor' } = props;
  const { say } = useWords();
  const waits = answer.loading && rows === undefined;
  return (
    <div className={waits ? 'listed list-waits' : 'listed'}>
      <Table<T>
        aria-label={label}
        size="middle"
        columns={labelled(columns)}
        dataSource={rows === undefined ? [] : [...rows]}
        rowKey={keyOf}
        pagination={false}
        loading={waits}
        locale={{
          emptyText: (
            <Empty
              image={Empty.PRESENTED_IMAGE_SIMPLE}
              description={answer.loading ? say('loading') : rows === undefined ? say('listMissing') : empty}
            />
          ),
        }}
      />
      <Pager nextCursor={nextCursor} cursorName={cursorName} />
    </div>
  );
}

/** Buttons to the first and the next page; each has its own address, so that Back returns to the page before. */
export function Pager(props: {
  readonly nextCursor: string | undefined;
  readonly cursorName?: string;
}): ReactNode {
  const { nextCursor, cursorName = 'cursor' } = props;
  const { say } = useWords();
  const { filter, refine } = useRoute();
  const atFirst = (filter[cursorName] ?? '') === '';
  if (nextCursor === undefined && atFirst) return null;
  return (
    <div className="pager">
      <Button disabled={atFirst} onClick={() => refine({ [cursorName]: '' })}>
        {say('first')}
      </Button>
      <Button disabled={atFirst || !isBackInList()} onClick={() => window.history.back()}>
        {say('previous')}
      </Button>
      <Button disabled={nextCursor === undefined} onClick={() => refine({ [cursorName]: nextCursor ?? '' })}>
        {say('more')}
      </Button>
    </div>
  );
}
