import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** Until when it is to be answered; near the day with a mark beside the colour. */
export function Due({
  of,
}: {
  readonly of: {
    readonly due?: string | undefined;
    readonly escalated?: boolean | undefined;
    readonly provisional?: boolean | undefined;
  };
}): ReactNode {
  const { say, day } = useWords();
  const { due, escalated, provisional } = of;
  if (due === undefined) return '—';
  return (
    <>
      {escalated === true ? (
        <span className="late">
          ▲ {day(due)}
          {say('pointOpen')}
          {say('rqLate')}
          {say('pointClose')}
        </span>
      ) : (
        day(due)
      )}
      {provisional === true ? <small className="muted"> {say('rqProvisional')}</small> : null}
    </>
  );
}
