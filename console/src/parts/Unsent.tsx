import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** States that the content of a form was entered before and never sent. */
export function Unsent({ shown }: { readonly shown: boolean }): ReactNode {
  const { say } = useWords();
  return shown ? (
    <p className="unsent" role="status">
      {say('rqUnsent')}
    </p>
  ) : null;
}
