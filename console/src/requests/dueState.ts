/** How near a deadline is. Pure. */
import { chinaWorkingCalendar } from '../../../terms/calendar/chinaWorkingCalendar.ts';
import { workingDaysBetween } from '../../../terms/calendar/workingDays.ts';
import { dayInChina } from '../../../terms/civilDate.ts';

/** Working days before a deadline from which it is marked as near. */
const nearDays = 2;

export interface DueState {
  /** `near` also has the last day itself: a deadline is late only after it has passed */
  readonly tone: 'late' | 'near' | 'far';
  /** working days left until the end of the last day: 0 on the day itself, negative after it */
  readonly left: number;
  readonly isToday: boolean;
}

/** @param due `YYYY-MM-DD` @param overdue as the hub states it; by default the calendar of China decides @param now Unix milliseconds */
export function dueState(due: string, overdue: boolean | undefined, now: number): DueState {
  const today = dayInChina(now);
  const left = workingDaysBetween(today, due, chinaWorkingCalendar);
  const tone = (overdue ?? today > due) ? 'late' : left <= nearDays ? 'near' : 'far';
  return { tone, left, isToday: today === due };
}
