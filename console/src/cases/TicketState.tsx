import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';

type Ticket = Schemas['TicketSummary'];

/** How far it is; the colour only repeats it. */
export function TicketState({ state }: Pick<Ticket, 'state'>): ReactNode {
  const { say } = useWords();
  return <span className={state === 'mended' ? 'state good' : 'state'}>{say(`tk_${state}`)}</span>;
}

/** The last day for its answer, while it is open. */
export function TicketDue({ of }: { readonly of: Ticket }): ReactNode {
  const { say, day } = useWords();
  if (of.state !== 'open') return '—';
  return (
    <>
      {of.overdue ? (
        <span className="late">
          ▲ {day(of.due)}
          {say('pointOpen')}
          {say('overdue')}
          {say('pointClose')}
        </span>
      ) : (
        day(of.due)
      )}
      {of.provisional ? <small className="muted"> {say('rqProvisional')}</small> : null}
    </>
  );
}
