import { civilDateInChina, civilDateText } from '../../../terms/civilDate.ts';

const day = 86_400_000;
const usualDays = 30;
/** Fewer samples make no number. */
const fewest = 5;

/** The last days, today among them. @param now Unix milliseconds */
export function spanOf(
  days: string | undefined,
  now: number,
): { readonly from: string; readonly until: string } {
  const back = days === undefined ? usualDays : Number(days);
  return {
    from: civilDateText(civilDateInChina(now - (back - 1) * day)),
    until: civilDateText(civilDateInChina(now)),
  };
}

/** A number with too few samples behind it is not told. What waits is no sample: one thing that waits is one too many. */
export function told(
  figure: string,
  { count, of }: { readonly count: number; readonly of?: number | undefined },
): { readonly few: boolean; readonly count?: number; readonly of?: number } {
  const few = figure !== 'waiting' && (of ?? count) < fewest;
  return few ? { few } : { few, count, ...(of === undefined ? {} : { of }) };
}
