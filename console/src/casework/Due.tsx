import type { ReactNode } from 'react';
import { titleIn } from '../../../terms/titleIn.ts';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import type { CaseDataset } from './acting.ts';
import './casework.css';

/** The next deadline; a passed one is marked. */
export function Due(props: {
  readonly set: CaseDataset;
  readonly due: Schemas['CaseDeadline'] | null | undefined;
}): ReactNode {
  const { set, due } = props;
  const { say, pick, when } = useWords();
  if (due === null || due === undefined) return null;
  return (
    <>
      {say('cwDueAt', {
        transition: pick(titleIn(set.titles.transitions, due.transition)),
        at: when(due.at),
      })}
      {due.provisional === true ? ` (${say('rqProvisional')})` : null}
      {Date.parse(due.at) < Date.now() ? <strong className="late"> {say('cwLate')}</strong> : null}
    </>
  );
}
