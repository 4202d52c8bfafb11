/** Tickets: reports that data is wrong or missing (数据校核、异议), and their outcomes. */
import { dayInChina } from '../../terms/civilDate.ts';
import { afterWorkingDays, type Deadline, type WorkingCalendar } from '../../terms/calendar/workingDays.ts';
import type { LifeCycle } from './lifeCycle.ts';

export type TicketState = 'open' | 'mended' | 'explained' | 'withdrawn';
/** The request of a ticket: a correction, or, from the subject of the data, a copy or a deletion (个人信息保护法 §§45–47). */
export type TicketWish = 'correction' | 'copy' | 'deletion';
/** The provider corrects the data or does what was asked for, or explains why not; the person who opened the ticket withdraws it. */
export type TicketAct = 'mend' | 'explain' | 'withdraw';

export const ticketLife: LifeCycle<TicketState, TicketAct> = {
  open: { mend: 'mended', explain: 'explained', withdraw: 'withdrawn' },
  mended: {},
  explained: {},
  withdrawn: {},
};

/** Working days for the answer (政务数据共享条例, State Council Decree 809: 校核 within ten). */
const answerDays = 10;
/** Days for which recipients of a wrong value are notified that it was corrected. */
export const notificationDays = 30;
/** Working days before the deadline from which the data office's inbox shows it. */
const escalateDays = 2;

/** @param openedAt Unix milliseconds */
export const ticketDeadline = (openedAt: number, calendar: WorkingCalendar): Deadline =>
  afterWorkingDays(dayInChina(openedAt), answerDays, calendar);

export type TicketUrgency = 'running' | 'near' | 'overdue';

/** @param now Unix milliseconds */
export function ticketUrgency(openedAt: number, now: number, calendar: WorkingCalendar): TicketUrgency {
  const { day } = ticketDeadline(openedAt, calendar);
  const today = dayInChina(now);
  if (today > day) return 'overdue';
  return afterWorkingDays(today, escalateDays, calendar).day >= day ? 'near' : 'running';
}
