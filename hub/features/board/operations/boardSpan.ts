import { dayInChina } from '../../../../terms/civilDate.ts';

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
    from: dayInChina(now - (back - 1) * day),
    until: dayInChina(now),
  };
}

/** Figures that count what stands now, and are no samples: one thing that waits is one too many. */
const standing: readonly string[] = ['waiting', 'linking'];

/** A number with too few samples behind it is not told. */
export function told(
  figure: string,
  { count, of }: { readonly count: number; readonly of?: number | undefined },
): { readonly few: boolean; readonly count?: number; readonly of?: number } {
  const few = !standing.includes(figure) && (of ?? count) < fewest;
  return few ? { few } : { few, count, ...(of === undefined ? {} : { of }) };
}
