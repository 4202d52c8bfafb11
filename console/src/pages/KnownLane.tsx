import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useUndo } from '../parts/undo.ts';
import { useWords } from '../words/words.ts';
import { LaneItems, type Others } from './LaneItems.tsx';
import type { Item } from './lanes.ts';
import { useReadItems } from './useReadItems.ts';

/** Items that need no act, folded. All of them are marked as read in one act, which decides nothing; those that were read come last. */
export function KnownLane(props: { readonly items: readonly Item[]; readonly others: Others }): ReactNode {
  const { items, others } = props;
  const { say, number } = useWords();
  const offerUndo = useUndo();
  const { isRead, markRead } = useReadItems(items);
  const unread = items.filter((one) => !isRead(one));
  const read = items.filter(isRead);
  const markAll = (): void => {
    const putBack = markRead(unread);
    offerUndo({
      text: say('readMarked', { n: number(unread.length) }),
      undo: () => {
        putBack();
        return Promise.resolve();
      },
    });
  };
  return (
    <details className="card lane-card">
      <summary>
        {say('ln_known', { n: number(unread.length) })}
        {read.length === 0 ? null : ` · ${say('readCount', { n: number(read.length) })}`}
      </summary>
      {unread.length === 0 ? null : (
        <>
          <p className="no-print">
            <Button size="small" onClick={markAll}>
              {say('readAll')}
            </Button>
          </p>
          <LaneItems items={unread} others={others} />
        </>
      )}
      {read.length === 0 ? null : (
        <>
          <p className="muted">{say('readBefore')}</p>
          <LaneItems items={read} others={others} />
        </>
      )}
    </details>
  );
}
