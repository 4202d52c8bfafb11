import { parseCivilDate, civilDateInChina, civilDateText } from '../../terms/civilDate.ts';
import { defineMask, sameMask, textTypes } from './mask.ts';

const params = { to: { kind: 'choice', of: ['year', 'month'] } } as const;
const lengthOf = (to: string): number => (to === 'year' ? 4 : 7);

/** The date in China of an RFC 3339 date or time; undefined for anything else. */
function dateOf(text: string): string | undefined {
  if (text.length === 10) return parseCivilDate(text) === undefined ? undefined : text;
  const moment = text.length > 19 && parseCivilDate(text.slice(0, 10)) !== undefined ? Date.parse(text) : NaN;
  return Number.isNaN(moment) ? undefined : civilDateText(civilDateInChina(moment));
}

/** `2019` and `2019-03` are what this mask makes; read again they come out right. */
const isTruncated = (text: string): boolean =>
  (text.length === 4 || text.length === 7) && parseCivilDate(`${text}-01-01`.slice(0, 10)) !== undefined;

/** Year or year and month, by the calendar of China. A text that is no date becomes null. */
export const dateTrunc = defineMask({
  name: 'dateTrunc',
  title: { zh: '日期截断', en: 'truncated date' },
  types: textTypes,
  formats: ['date', 'date-time'],
  params,
  compile: ({ to }) => {
    const length = lengthOf(to);
    return (value) => {
      const text = value as string;
      const date = isTruncated(text) ? text : dateOf(text);
      return date === undefined || date.length < length ? null : date.slice(0, length);
    };
  },
  output: (_schema, { to }) => ({ type: 'string', pattern: to === 'year' ? '^\\d{4}$' : '^\\d{4}-\\d{2}$' }),
  meet: (mine, other) => {
    const theirs = sameMask<typeof params>('dateTrunc', other);
    if (theirs === undefined) return undefined;
    return { name: 'dateTrunc', params: { to: mine.to === 'year' ? 'year' : theirs.to } };
  },
  reveals: ({ to }) =>
    to === 'year' ? { zh: '年份', en: 'the year' } : { zh: '年份和月份', en: 'year and month' },
  copies: (points, { to }) => points.map((_, i) => i).filter((i) => i < lengthOf(to)),
});
