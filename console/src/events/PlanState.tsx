import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';

/** Whether a response plan is in force, or withdrawn. */
export function PlanState({ of }: { readonly of: Schemas['ResponsePlanView'] }): ReactNode {
  const { say } = useWords();
  return of.withdrawn === undefined ? (
    <span className="state good">{say('planInForce')}</span>
  ) : (
    <span className="state">{say('planWithdrawn')}</span>
  );
}
