import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';

/** The deadline for an answer; near it or after it, marked in words and by colour. */
export function Due({
  of,
}: {
  readonly of: {
    readonly due?: string | undefined;
    readonly escalated?: boolean | undefined;
    readonly overdue?: boolean | undefined;
    readonly provisional?: boolean | undefined;
  };
}): ReactNode {
  const { say, day } = useWords();
  const { due, escalated, overdue, provisional } = of;
  if (due === undefined) return '—';
  return (
    <>
      {overdue === true || escalated === true ? (
        <span className="late">
          ▲ {day(due)}
          {say('pointOpen')}
          {say(overdue === true ? 'rqOverdue' : 'rqLate')}
          {say('pointClose')}
        </span>
      ) : (
        day(due)
      )}
      {provisional === true ? <small className="muted"> {say('rqProvisional')}</small> : null}
    </>
  );
}
