/** Duties of a consumer for data that it received (义务事项), and their state on a day. */
import { addDays } from '../../terms/civilDate.ts';
import type { ObligationId } from '../../policies/obligations/obligations.ts';

/** Obligations of agreements, and the deletion that a withdrawn consent requires (PIPL art. 47). */
export type DutyKind = ObligationId | 'delete-withdrawn';

/** `running`: its day is not near; `due`: within a week, or at once where a consent was withdrawn. */
export type DutyState = 'running' | 'due' | 'overdue' | 'answered';

/** The word that a consumer's statement of each kind must contain. */
export const statedBy = {
  'delete-after': 'deleted',
  'delete-withdrawn': 'deleted',
  'notify-subject': 'subjects-notified',
  'report-use': 'use-reported',
  'no-onward-sharing': 'not-shared',
} as const satisfies Readonly<Record<DutyKind, string>>;

export type Stated = (typeof statedBy)[DutyKind];

/**
 * Days to delete what was received under a consent that was withdrawn. PIPL art. 47 names no number; fifteen days follow the rules for
 * closing accounts (App 违法违规收集使用个人信息行为认定方法, 2019, 六(四): 15 个工作日), here in calendar days.
 */
export const daysToDeleteWithdrawn = 'P15D';

const aWeek = 7;

/** Duties due by this day are reported today. @param today `YYYY-MM-DD` */
export const aWeekOn = (today: string): string => addDays(today, aWeek);

/** @param due,today `YYYY-MM-DD`, calendar of China */
export function dutyState(
  duty: { readonly obligation: DutyKind; readonly due: string; readonly answered: boolean },
  today: string,
): DutyState {
  if (duty.answered) return 'answered';
  const left = (Date.parse(duty.due) - Date.parse(today)) / 86_400_000;
  if (left < 0) return 'overdue';
  return left <= aWeek || duty.obligation === 'delete-withdrawn' ? 'due' : 'running';
}
