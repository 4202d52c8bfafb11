import { dayInChina, isDateText, unixMoment } from '../../../terms/civilDate.ts';
import { defineMask, sameMask, textTypes } from '../mask.ts';

const params = { to: { kind: 'choice', of: ['year', 'month'] } } as const;
const lengthOf = (to: string): number => (to === 'year' ? 4 : 7);

/** The date in China of an RFC 3339 date or time, or of an earlier result of this mask; undefined for anything else. */
function dateOf(text: string): string | undefined {
  switch (text.length) {
    case 4:
      return isDateText(`${text}-01-01`) ? text : undefined;
    case 7:
      return isDateText(`${text}-01`) ? text : undefined;
    case 10:
      return isDateText(text) ? text : undefined;
    default: {
      const moment = isDateText(text.slice(0, 10)) ? unixMoment(text) : NaN;
      return Number.isNaN(moment) ? undefined : dayInChina(moment);
    }
  }
}

/** Year or year and month, by the calendar of China. A text that is no date becomes null. */
export const dateTrunc = defineMask({
  name: 'dateTrunc',
  title: { zh: '日期截断', en: 'truncated date' },
  examples: [{ params: { to: 'month' }, value: '2019-03-04', becomes: '2019-03' }],
  types: textTypes,
  formats: ['date', 'date-time'],
  params,
  compile: ({ to }) => {
    const length = lengthOf(to);
    return (value) => {
      const date = dateOf(value as string);
      return date === undefined || date.length < length ? null : date.slice(0, length);
    };
  },
  output: (_schema, { to }) => ({ type: 'string', pattern: to === 'year' ? '^\\d{4}$' : '^\\d{4}-\\d{2}$' }),
  meet: (mine, other) => {
    const otherParams = sameMask<typeof params>('dateTrunc', other);
    if (otherParams === undefined) return undefined;
    return { name: 'dateTrunc', params: { to: mine.to === 'year' ? 'year' : otherParams.to } };
  },
  reveals: ({ to }) =>
    to === 'year' ? { zh: '年份', en: 'the year' } : { zh: '年份和月份', en: 'year and month' },
  copies: (points, { to }) => points.map((_, i) => i).filter((i) => i < lengthOf(to)),
});
