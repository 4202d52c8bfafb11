/**
 * The deadline (时限) in the log entry of an answer: the last day for it, and the responsible party. Readers of the log compute from it
 * which answers were in time, as log/monthReport.ts does.
 */
import type { Deadline } from '../../terms/calendar/workingDays.ts';

/** The party that is not a department: the data office. */
export const officeClock = 'office';

/** `due`: `YYYY-MM-DD`, calendar of China; `clockOf`: code of a department, or `office`. Both absent where no clock ran. */
export type AnswerTimes = Readonly<Partial<Record<'due' | 'clockOf', string>>>;

/** @param deadline absent: no clock ran @param by the party that had to act */
export const answerTimes = (deadline: Deadline | undefined, by: string): AnswerTimes =>
  deadline === undefined ? {} : { due: deadline.day, clockOf: by };
