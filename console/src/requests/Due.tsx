import type { ReactNode } from 'react';
import type { Schemas } from '../api/call.ts';
import { useWords } from '../words/words.ts';

/** Until when it is to be answered; near the day with a mark beside the colour. */
export function Due({
  of,
}: {
  readonly of: Pick<Schemas['RequestSummary'], 'due' | 'escalated' | 'provisional'>;
}): ReactNode {
  const { say } = useWords();
  const { due, escalated, provisional } = of;
  if (due === undefined) return '—';
  return (
    <>
      {escalated === true ? (
        <span className="late">
          ▲ {due}（{say('rqLate')}）
        </span>
      ) : (
        due
      )}
      {provisional === true ? <small className="muted"> {say('rqProvisional')}</small> : null}
    </>
  );
}
