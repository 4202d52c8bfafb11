/** The clocks of a request, counted by the calendar of China: the hub's own, and one that runs over the Saturdays made up for a festival. */
import { dayInChina } from '../../../../terms/civilDate.ts';
import { chinaWorkingCalendar } from '../../../../terms/calendar/chinaWorkingCalendar.ts';
import {
  afterWorkingDays,
  workingDaysBetween,
  type WorkingCalendar,
} from '../../../../terms/calendar/workingDays.ts';
import type { RequestView } from '../../../sdk/listTypes.ts';
import { exitCode, VerbFailure } from '../../verb.ts';
import type { Narrator } from '../narrator.ts';

/** The day of a request before the Spring Festival. */
const received = '2026-02-11';

/** Whether the hub's deadline of the first stage is so many working days after the day of the request. */
export function isStageDeadlineRight({ due, events, stages }: RequestView): boolean {
  const [made] = events;
  const [first] = stages;
  if (made === undefined || first === undefined) return false;
  const day = dayInChina(Date.parse(made.at));
  return due === afterWorkingDays(day, first.days, chinaWorkingCalendar).day;
}

/**
 * Prints the provider's decision deadline for a request before a festival, and the Saturdays that count for it.
 * @param days working days of the provider's decision
 * @throws VerbFailure where no make-up day lies in between, or the deadline is the same with none
 */
export function showMakeUpDays(
  days: number,
  narrator: Pick<Narrator, 'detail'>,
  calendar: WorkingCalendar = chinaWorkingCalendar,
): void {
  const { day } = afterWorkingDays(received, days, calendar);
  const madeUp = madeUpSaturdays(received, day, calendar);
  const without: WorkingCalendar = { ...calendar, on: new Set() };
  // each Saturday made up spares one working day at the end
  const late = afterWorkingDays(received, days, without).day;
  if (
    madeUp.length === 0 ||
    workingDaysBetween(received, day, calendar) !== days ||
    workingDaysBetween(received, day, without) !== days - madeUp.length ||
    workingDaysBetween(day, late, without) !== madeUp.length
  )
    throw new VerbFailure(exitCode.verification, {
      zh: `${received} 收到的申请，时限 ${day} 与工作日历不符`,
      en: `the deadline ${day} of what came on ${received} is not what the calendar says`,
    });
  const saturdays = madeUp.map((date) => date.slice('2026-'.length));
  narrator.detail({
    zh: `时限按工作日：${received} 收到的申请须在 ${day} 前答复，春节放假不计，补班的周六 ${saturdays.join('、')} 计入（不计则为 ${late}）`,
    en: `clocks count working days: what came on ${received} is answered by ${day}; the Spring Festival does not count, the make-up Saturdays ${saturdays.join(' and ')} do (without them: ${late})`,
  });
}

/** Days after `from` and up to `to` that the calendar marks as working days although they are Saturdays. */
const madeUpSaturdays = (from: string, to: string, { on }: WorkingCalendar): readonly string[] =>
  [...on].filter((day) => day > from && day <= to && new Date(day).getUTCDay() === 6).sort();
