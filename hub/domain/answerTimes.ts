/**
 * What the entry of an answer says of its clock (时限): the last day for it, and whose it was. Whoever has the entries counts by it which answers
 * were in time, as log/monthReport.ts does.
 */
import type { Deadline } from '../../terms/calendar/workingDays.ts';

/** Beside departments: the data office. */
export const officeClock = 'office';

/** `due`: `YYYY-MM-DD`, calendar of China; `clockOf`: code of a department, or `office`. Neither where no clock ran. */
export type AnswerTimes = Readonly<Partial<Record<'due' | 'clockOf', string>>>;

/** @param deadline none: no clock ran @param by whose turn it was */
export const answerTimes = (deadline: Deadline | undefined, by: string): AnswerTimes =>
  deadline === undefined ? {} : { due: deadline.day, clockOf: by };
