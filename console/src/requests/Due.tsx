import type { ReactNode } from 'react';
import { chinaWorkingCalendar } from '../../../terms/calendar/chinaWorkingCalendar.ts';
import { workingDaysBetween } from '../../../terms/calendar/workingDays.ts';
import { dayInChina } from '../../../terms/civilDate.ts';
import { useWords } from '../words/words.ts';

/** Working days before a deadline from which it is marked as near. */
const nearDays = 2;

/** Working days left until the end of a day in China: 0 on the day itself, negative after it. @param now Unix milliseconds */
export const daysLeft = (due: string, now: number): number =>
  workingDaysBetween(dayInChina(now), due, chinaWorkingCalendar);

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
  const now = Date.now();
  const today = dayInChina(now);
  const left = daysLeft(due, now);
  const late = overdue ?? today > due;
  const text = late
    ? say('rqOverdue', { n: Math.max(1, -left) })
    : today === due
      ? say('rqToday')
      : say('rqLeft', { n: left });
  return (
    <>
      <span className={late ? 'late' : left <= nearDays ? 'near' : undefined}>
        {late ? '▲ ' : ''}
        {day(due)}
        {say('pointOpen')}
        {text}
        {say('pointClose')}
      </span>
      {provisional === true ? <small className="muted"> {say('rqProvisional')}</small> : null}
    </>
  );
}
