/**
 * The types of a column's values, where a few of them are mistakes: dates in the forms that offices write, numbers, marks of a missing
 * value.
 */
import type { Bilingual } from '../../terms/bilingual.ts';
import { dateTime } from '../formats/dateAndTime.ts';
import { isRealDate } from '../../terms/civilDate.ts';

/** Texts that offices write for a missing value. */
const missingMarks: ReadonlySet<string> = new Set(
  'NA N/A NULL null NaN - -- — / 无 空 不详 未知 -9999 9999-12-31 *'.split(' '),
);

/** Whether a cell has no value: it is empty, or a mark. @param text trimmed */
export const isMissing = (text: string): boolean => text === '' || missingMarks.has(text);

/** A mark of a missing value in a sample: how many records have it, and the first of them, counted from 1. */
export interface EmptyMark {
  readonly text: string;
  readonly records: number;
  readonly first: number;
}

/** The marks among the values of a column, in the order of their first record. */
export function marksIn(samples: readonly string[]): EmptyMark[] {
  const found = new Map<string, EmptyMark>();
  for (const [place, text] of samples.entries()) {
    if (!missingMarks.has(text)) continue;
    const { records, first } = found.get(text) ?? { records: 0, first: place + 1 };
    found.set(text, { text, records: records + 1, first });
  }
  return [...found.values()];
}

/** Which texts are read as empty; the marks are no data of a person. */
export const marksReason = (marks: readonly EmptyMark[]): Bilingual => ({
  zh: `读作空值：${marks.map(({ text, records, first }) => `“${text}”${records} 条（首见第 ${first} 条）`).join('、')}`,
  en: `read as empty: ${marks.map(({ text, records, first }) => `"${text}" in ${records} ${records === 1 ? 'record' : 'records'} (first: record ${first})`).join(', ')}`,
});

/** Whether the share of good values shows that the others are mistakes: nine of ten, or all but one of five to nine. */
export const isMostly = (good: number, all: number): boolean =>
  good > 0 && all - good <= Math.max(all >= 5 ? 1 : 0, Math.floor(all / 10));

const dateForms: readonly RegExp[] = [
  /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/,
  /^(\d{4})()年(\d{1,2})月(\d{1,2})日$/,
];
const compactDate = /^((?:19|20)\d{2})()(\d{2})(\d{2})$/;
const clock = /^(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/;

function isDateOf(text: string, forms: readonly RegExp[]): boolean {
  return forms.some((form) => {
    const [, year = '', , month = '', day = ''] = form.exec(text) ?? [];
    return year !== '' && isRealDate(Number(year), Number(month), Number(day));
  });
}

/** `2026-03-05`, `2026/3/5`, `2026.3.5`, `2003年5月1日`; `20260305` where the column's name indicates a date. */
const isWrittenDate = (text: string, isCalledDate: boolean): boolean =>
  isDateOf(text, isCalledDate ? [...dateForms, compactDate] : dateForms);

/** A date and a time of day, without an offset: the mapping adds the offset of China. */
function isWrittenMoment(text: string): boolean {
  const at = text.search(/[ T]/);
  return at > 0 && isDateOf(text.slice(0, at), dateForms) && clock.test(text.slice(at + 1));
}

const isWholeNumber = (text: string): boolean =>
  /^-?(?:0|[1-9]\d{0,14}|[1-9]\d{0,2}(?:,\d{3}){1,4})$/.test(text);

const isPlainNumber = (text: string): boolean =>
  /^-?(?:0|[1-9]\d{0,9}|[1-9]\d{0,2}(?:,\d{3}){1,3})(?:\.\d{1,5})?$/.test(text);

/** Records of a sample, counted from 1, whose value has another type than the others. */
export function badRecords(
  samples: readonly string[],
  holds: ((text: string) => boolean) | undefined,
): number[] {
  if (holds === undefined) return [];
  return samples.flatMap((text, place) => (isMissing(text) || holds(text) ? [] : [place + 1]));
}

/** Lists records by number without values, because a draft is passed on. */
export function badReason(bad: readonly number[]): Bilingual {
  const shown = bad.slice(0, maxShown).join(', ');
  const more = bad.length > maxShown ? ` (+${bad.length - maxShown})` : '';
  return {
    zh: `不符合的记录：第 ${shown} 条${more}`,
    en: `${bad.length === 1 ? 'not so in record' : 'not so in records'} ${shown}${more}`,
  };
}
const maxShown = 10;

const calledDate = /日期|时间|年月日|生日|日$|date|time|birth|rq$|sj$/i;

/** A possible type of values; the first that nearly all of them have is chosen. */
export interface ValueType {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly holds: (text: string) => boolean;
  readonly what: Bilingual;
}

/** Dates and times first, then numbers. */
export const valueTypes = (names: readonly string[]): readonly ValueType[] => {
  const isCalledDate = names.some((name) => calledDate.test(name));
  return [
    {
      schema: { type: 'string', format: 'date' },
      holds: (text) => isWrittenDate(text, isCalledDate),
      what: { zh: '日期', en: 'a date' },
    },
    {
      schema: { type: 'string', format: 'date-time' },
      holds: (text) => isWrittenMoment(text) || dateTime(text) === undefined,
      what: { zh: '时间', en: 'a time' },
    },
    { schema: { type: 'integer' }, holds: isWholeNumber, what: { zh: '整数', en: 'a whole number' } },
    { schema: { type: 'number' }, holds: isPlainNumber, what: { zh: '数值', en: 'a number' } },
  ];
};
