import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';
import './casework.css';

/** The next deadline; a passed one is marked. */
export function Due({ due }: { readonly due: Schemas['CaseDeadline'] | null | undefined }): ReactNode {
  const { say, when } = useWords();
  if (due === null || due === undefined) return null;
  return (
    <>
      {say('cwDueAt', { transition: due.transition, at: when(due.at) })}
      {due.provisional === true ? ` (${say('rqProvisional')})` : null}
      {Date.parse(due.at) < Date.now() ? <strong className="late"> {say('cwLate')}</strong> : null}
    </>
  );
}
