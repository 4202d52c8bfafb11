import type { ReactNode } from 'react';
import { missingText, type Missing } from '../../../log/missing.ts';
import { useWords } from '../words/words.ts';

/** States which parts of an answer are gone from the log, if any. */
export function MissingNote({ of }: { readonly of: Missing | undefined }): ReactNode {
  const { say, pick } = useWords();
  const text = of && missingText(of);
  if (text === undefined) return null;
  return (
    <p role="alert" className="loosened">
      {pick(text)}
      {say('pointSemicolon')}
      {say('missingNext')}
    </p>
  );
}
