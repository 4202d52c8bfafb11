import { civilDateInChina, civilDateText, inChina, startOfDayInChina } from '../../../terms/civilDate.ts';

/** Term of an agreement that a demonstration requests: this calendar year and the next one. @param now Unix milliseconds */
export function requestTerm(now: number): { readonly from: string; readonly until: string } {
  const { year } = civilDateInChina(now);
  const firstDay = (of: number): string =>
    inChina(startOfDayInChina(civilDateText({ year: of, month: 1, day: 1 })));
  return { from: firstDay(year), until: firstDay(year + 2) };
}
