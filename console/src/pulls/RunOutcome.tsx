import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { pullProblems } from '../../../terms/problems/pull.ts';
import { useWords } from '../words/words.ts';

const sentences: Readonly<
  Record<string, { readonly text: { readonly zh: string; readonly en: string } } | undefined>
> = pullProblems;

/** The result of a run; for a problem its code, and its text where that needs no facts. */
export function RunOutcome({ of }: { readonly of: Schemas['PullRun'] }): ReactNode {
  const { say, pick } = useWords();
  const { outcome, complete } = of;
  if (outcome === undefined) return <span className="state">{say('plReading')}</span>;
  if (outcome === 'read' || outcome === 'nothing_new')
    return (
      <>
        <span className="state good">{say(`pl_${outcome}`)}</span>
        {complete ? null : <small className="muted"> {say('plMore')}</small>}
      </>
    );
  const text = pick(sentences[outcome]?.text);
  return (
    <>
      <span className="state bad">{outcome}</span>
      {text === '' || text.includes('{') ? null : <div>{text}</div>}
    </>
  );
}
