/** Tickets: data that somebody says is wrong or missing (数据校核、异议), and what becomes of them. */
import { dayInChina } from '../../terms/civilDate.ts';
import { afterWorkingDays, type Deadline, type WorkingCalendar } from '../../terms/calendar/workingDays.ts';
import type { LifeCycle } from './lifeCycle.ts';

export type TicketState = 'open' | 'mended' | 'explained' | 'withdrawn';
/** What is asked for: that data is put right, or, by the person whom it is about, a copy of it or that it is deleted (个人信息保护法 §§45–47). */
export type TicketWish = 'correction' | 'copy' | 'deletion';
/** The provider mends what is wrong, or does what else is asked for, or says why not; whoever opened it takes it back. */
export type TicketAct = 'mend' | 'explain' | 'withdraw';

export const ticketLife: LifeCycle<TicketState, TicketAct> = {
  open: { mend: 'mended', explain: 'explained', withdraw: 'withdrawn' },
  mended: {},
  explained: {},
  withdrawn: {},
};

/** Working days for the answer (政务数据共享条例, State Council Decree 809: 校核 within ten). */
const answerDays = 10;
/** Days for which those who received a wrong value are told that it was mended. */
export const notificationDays = 30;
/** Working days ahead of the deadline from which the data office finds it in its inbox. */
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
