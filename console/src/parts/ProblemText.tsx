import type { ReactNode } from 'react';
import { sentenceOf } from '../../../terms/problemCatalogue.ts';
import { useWords } from '../words/words.ts';

/** A problem by its sentence, with its code on hover; the code alone where the sentence needs facts. */
export function ProblemText({ code }: { readonly code: string | undefined }): ReactNode {
  const { pick } = useWords();
  if (code === undefined) return '—';
  const text = pick(sentenceOf(code));
  return text === '' ? (
    <code>{code}</code>
  ) : (
    <span className="cell-text" title={code}>
      {text}
    </span>
  );
}
