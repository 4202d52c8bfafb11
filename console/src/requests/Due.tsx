import type { ReactNode } from 'react';
import { useWords } from '../words/words.ts';
import { dueState } from './dueState.ts';

/**
 * The deadline for an answer, with the working days that are left. Only a deadline that has passed is marked as late; one that is near is
 * marked as near, in words and by colour.
 */
export function Due({
  of,
}: {
  readonly of: {
    readonly due?: string | undefined;
    readonly overdue?: boolean | undefined;
    readonly provisional?: boolean | undefined;
  };
}): ReactNode {
  const { say, day } = useWords();
  const { due, overdue, provisional } = of;
  if (due === undefined) return '—';
  const { tone, left, isToday } = dueState(due, overdue, Date.now());
  const text =
    tone === 'late'
      ? say('rqOverdue', { n: Math.max(1, -left) })
      : isToday
        ? say('rqToday')
        : say('rqLeft', { n: left });
  return (
    <>
      <span className={tone === 'far' ? undefined : tone}>
        {tone === 'late' ? '▲ ' : ''}
        {day(due)}
        {say('pointOpen')}
        {text}
        {say('pointClose')}
      </span>
      {provisional === true ? <small className="muted"> {say('rqProvisional')}</small> : null}
    </>
  );
}
