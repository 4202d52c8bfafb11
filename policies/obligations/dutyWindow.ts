/** What is answered by one statement, and until when: data received on days that belong together. */
import { civilDateText, isRealDate, parseCivilDate, type CivilDate } from '../../terms/civilDate.ts';
import { dayAfter } from './period.ts';

/** How a duty of each obligation is cut: what is deleted or told by a day, by the day; what is reported, by the month or the year. */
const spans = {
  'delete-after': 'day',
  'notify-subject': 'day',
  'report-use': 'month',
  'no-onward-sharing': 'year',
} as const;

export type ObligationId = keyof typeof spans;

export interface DutyWindow {
  /** days of receipt, both included */
  readonly from: CivilDate;
  readonly until: CivilDate;
  /** the last day for the statement */
  readonly due: CivilDate;
}

/** A year is stated by the end of the next January where the document names no period. */
const afterAYear = 'P31D';

/** Whether the word of a document is an obligation that somebody follows up. */
export const isObligation = (id: string): id is ObligationId => Object.hasOwn(spans, id);

/** Whether an obligation has a period of its own. */
export const needsPeriod = (id: ObligationId): boolean => id !== 'no-onward-sharing';

/** @param day of receipt, calendar of China @param period ISO 8601, absent for `no-onward-sharing` */
export function dutyWindow(id: ObligationId, period: string | undefined, day: CivilDate): DutyWindow {
  const [from, until] = spanOf(spans[id], day);
  return { from, until, due: dayAfter(until, period ?? afterAYear) };
}

function spanOf(span: (typeof spans)[ObligationId], day: CivilDate): readonly [CivilDate, CivilDate] {
  if (span === 'day') return [day, day];
  if (span === 'year')
    return [
      { ...day, month: 1, day: 1 },
      { ...day, month: 12, day: 31 },
    ];
  let last = 31;
  while (!isRealDate(day.year, day.month, last)) last -= 1;
  return [
    { ...day, day: 1 },
    { ...day, day: last },
  ];
}

/** A window as the hub keeps it. @param text `delete-after P180D`, as an entry says it; undefined for a text of no obligation */
export function dutyOfText(
  text: string,
  day: string,
):
  | { readonly obligation: ObligationId; readonly from: string; readonly until: string; readonly due: string }
  | undefined {
  const [id = '', period] = text.split(' ');
  const date = parseCivilDate(day);
  if (!isObligation(id) || date === undefined) return undefined;
  const { from, until, due } = dutyWindow(id, period, date);
  return { obligation: id, from: civilDateText(from), until: civilDateText(until), due: civilDateText(due) };
}
