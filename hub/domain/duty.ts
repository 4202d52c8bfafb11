/** What a consumer owes for data it received (义务事项), and how it stands on a day. */
import type { ObligationId } from '../../policies/obligations/obligations.ts';

/** Obligations of agreements, and the deletion that a withdrawn consent asks for (PIPL art. 47). */
export type DutyKind = ObligationId | 'delete-withdrawn';

/** `running`: its day is not near; `due`: within a week, or at once where a consent was withdrawn. */
export type DutyState = 'running' | 'due' | 'overdue' | 'answered';

/** What a consumer states of each kind: its statement says this word and no other. */
export const statedBy = {
  'delete-after': 'deleted',
  'delete-withdrawn': 'deleted',
  'notify-subject': 'subjects-notified',
  'report-use': 'use-reported',
  'no-onward-sharing': 'not-shared',
} as const satisfies Readonly<Record<DutyKind, string>>;

export type Stated = (typeof statedBy)[DutyKind];

/**
 * Days to delete what was received on a consent that is withdrawn. PIPL art. 47 names no number; fifteen days is what the rules for
 * closing accounts give (App 违法违规收集使用个人信息行为认定方法, 2019, 六(四): 15 个工作日), here in calendar days.
 */
export const daysToDeleteWithdrawn = 'P15D';

const aWeek = 7;

/** The day by which whoever looks today is told. @param today `YYYY-MM-DD` */
export const aWeekOn = (today: string): string =>
  new Date(Date.parse(today) + aWeek * 86_400_000).toISOString().slice(0, 10);

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
