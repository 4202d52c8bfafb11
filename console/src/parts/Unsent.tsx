import { Button } from 'antd';
import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';
import { useUndo } from './undo.ts';
import type { Draft } from './useDraft.ts';

/** States that the content of a form was entered before and never sent, and discards it; for some seconds it can be put back. */
export function Unsent(props: Pick<Draft<object>, 'clear'> & { readonly shown: boolean }): ReactNode {
  const { shown, clear } = props;
  const { say } = useWords();
  const offerUndo = useUndo();
  if (!shown) return null;
  const discard = (): void => {
    const putBack = clear();
    offerUndo({
      text: say('undoDiscarded'),
      undo: () => {
        putBack();
        return Promise.resolve();
      },
    });
  };
  return (
    <div className="unsent" role="status">
      {say('rqUnsent')}{' '}
      <Button size="small" onClick={discard}>
        {say('discard')}
      </Button>
    </div>
  );
}
