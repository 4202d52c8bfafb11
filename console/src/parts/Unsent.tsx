import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** Says that what stands in a form was typed before and never sent. */
export function Unsent({ shown }: { readonly shown: boolean }): ReactNode {
  const { say } = useWords();
  return shown ? (
    <p className="unsent" role="status">
      {say('rqUnsent')}
    </p>
  ) : null;
}
