import type { ReactNode } from 'react';
import type { Answered } from '../api/useAnswer.ts';
import { useWords } from '../words/words.ts';

/** In place of an answer without content: it is loading, or there is none. Where it could not be read, the page shows the reason. */
export function NoContent(props: {
  readonly answer: Pick<Answered<unknown>, 'loading' | 'error'>;
  /** says that there is none */
  readonly none?: string;
}): ReactNode {
  const { answer, none } = props;
  const { say } = useWords();
  const text = answer.loading ? say('loading') : answer.error === undefined ? none : undefined;
  return text === undefined ? null : <p className="card">{text}</p>;
}
