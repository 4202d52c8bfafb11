import { civilDateInChina, parseCivilDate } from '../../../terms/civilDate.ts';
import { defineMask, sameMask, textTypes } from '../mask.ts';

const params = {
  width: { kind: 'integer', min: 2, max: 50, default: 10 },
  /** from this age on one band; a multiple of the width */
  top: { kind: 'integer', min: 10, max: 120, default: 90 },
} as const;

function labels(width: number, top: number): string[] {
  const bands = Array.from({ length: top / width }, (_, i) => `${i * width}-${(i + 1) * width - 1}`);
  return [...bands, `${top}+`];
}

/**
 * The age that a person reaches in the calendar year of the decision (China), in bands of whole years; the oldest in one band. It changes
 * on 1 January for all persons. An age that changed on the birthday would reveal the birthday to a daily caller.
 */
export const ageBand = defineMask({
  name: 'ageBand',
  title: { zh: '年龄段', en: 'age band' },
  examples: [{ params: { width: 10, top: 90 }, value: '1987-06-02', becomes: '30-39' }],
  types: textTypes,
  formats: ['date'],
  params,
  checkParams: ({ width, top }) =>
    top % width === 0 ? undefined : { zh: 'top 必须是 width 的倍数', en: 'top must be a multiple of width' },
  compile: ({ width, top }) => {
    const bands = labels(width, top);
    return (value, _row, run) => {
      const birth = parseCivilDate(value as string);
      const age = birth === undefined ? -1 : civilDateInChina(run.now).year - birth.year;
      return age < 0 ? null : (bands[Math.floor(Math.min(age, top) / width)] ?? null);
    };
  },
  output: (_schema, { width, top }) => ({ enum: labels(width, top) }),
  meet: (mine, other) => {
    const otherParams = sameMask<typeof params>('ageBand', other);
    if (otherParams === undefined) return undefined;
    const [wide, narrow] = mine.width >= otherParams.width ? [mine, otherParams] : [otherParams, mine];
    const top = Math.min(wide.top, Math.floor(narrow.top / wide.width) * wide.width);
    return wide.width % narrow.width === 0 && top >= 10
      ? { name: 'ageBand', params: { width: wide.width, top } }
      : undefined;
  },
  reveals: ({ width, top }) => ({
    zh: `当年周岁，${width} 岁一段，${top} 岁以上为一段，每年 1 月 1 日变化`,
    en: `the age reached this year, in bands of ${width} years, ${top} and over in one; it changes on 1 January`,
  }),
});
