import { Empty } from 'antd';
import type { ReactNode } from 'react';
import type { Answered } from '../api/useAnswer.ts';
import { useWords } from '../words/words.ts';

/** Where a list has no rows: it is loading, they are missing, or there are none. @param props empty: says the last of these */
export function NoRows(props: {
  readonly rows: readonly unknown[] | undefined;
  readonly answer: Pick<Answered<unknown>, 'loading'>;
  readonly empty: string;
}): ReactNode {
  const { rows, answer, empty } = props;
  const { say } = useWords();
  return (
    <Empty
      image={Empty.PRESENTED_IMAGE_SIMPLE}
      description={answer.loading ? say('loading') : rows === undefined ? say('listMissing') : empty}
    />
  );
}
