import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import { pullOutcome } from './pullOutcome.ts';

/** The result of a run; for a problem its sentence, with its code on hover. */
export function RunOutcome({ of }: { readonly of: Schemas['PullRun'] }): ReactNode {
  const { say, pick } = useWords();
  const { outcome, complete, problem } = of;
  if (outcome === undefined) return <span className="state">{say('plReading')}</span>;
  if (outcome === 'read' && problem !== undefined)
    return (
      <span className="state bad" title={problem}>
        {say('plBatchFailed')}
      </span>
    );
  if (outcome === 'read' || outcome === 'nothing_new')
    return (
      <>
        <span className="state good">{say(`pl_${outcome}`)}</span>
        {complete ? null : <small className="muted"> {say('plMore')}</small>}
      </>
    );
  return (
    <span className="state bad" title={outcome}>
      {pick(pullOutcome(outcome))}
    </span>
  );
}
