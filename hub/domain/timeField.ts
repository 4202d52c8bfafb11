/** Rows that are readings of a series (`intake.timeField`): the key without the time names the series, the time orders it. Pure. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import { unixMoment } from '../../terms/civilDate.ts';
import { timePattern } from '../../terms/moment.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { layoutOf, type Column } from './rowTable/layout.ts';

/**
 * The form of moments of a series. Values are stored and indexed as the received text, so that a value is returned byte for byte. With
 * one offset and one form the order of the texts is the order of the moments.
 */
export { timePattern };

/** Why a dataset of this version cannot have it; undefined where it can. */
export function timeFieldUnfit(name: string, schema: DatasetSchema): Bilingual | undefined {
  const field = schema.fields.find((one) => one.name === name);
  if (field?.type !== 'string' || field.format !== 'date-time' || field.nullable)
    return {
      zh: `${name} 应为已有的时刻数据项（format: date-time），且不可为空`,
      en: `${name} must be a field of moments (format: date-time) that is never null`,
    };
  // the index of the key then finds the last reading of a series in one step
  if (schema.primaryKey.at(-1) !== name)
    return {
      zh: `${name} 应为主键（x-primary-key）的最后一项`,
      en: `${name} must be the last field of the primary key (x-primary-key)`,
    };
  if (field.schema['pattern'] !== timePattern)
    return {
      zh: `${name} 的 pattern 应为 ${timePattern}，使文本的先后即时刻的先后`,
      en: `the pattern of ${name} must be ${timePattern}, so that the order of the texts is the order of the moments`,
    };
  return undefined;
}

export interface Series {
  /** columns of the key without the time */
  readonly keys: readonly Column[];
  readonly time: Column;
}

/** @throws TypeError of a schema that `timeFieldUnfit` rejects */
export function seriesOf(name: string, schema: DatasetSchema): Series {
  const { key, byField } = layoutOf(schema);
  const time = byField.get(name);
  if (time === undefined) throw new TypeError('the schema has no such time field');
  return { keys: key.filter((column) => column !== time), time };
}

/** The last moment whose year has four digits, in Unix milliseconds. A longer year sorts before all others as text. */
const lastMoment = Date.parse('9999-12-31T23:59:59.999+08:00');

/** A text after those of all moments: the bound of a range that ends after the year 9999. */
export const afterAllTexts = '9999~';

/** A moment in the form of a series; one after the year 9999 as the last of that year. @param moment Unix milliseconds */
export const timeText = (moment: number): string =>
  new Date(Math.min(moment, lastMoment) + 8 * 3_600_000).toISOString().replace('Z', '+08:00');

/**
 * A moment as a bound of readings: the first of all texts of the moment. A text may omit a fraction of zero, and as bytes
 * `…:00+08:00` is less than `…:00.000+08:00`. @param moment Unix milliseconds
 */
export const boundText = (moment: number): string =>
  moment > lastMoment ? afterAllTexts : timeText(moment).replace(/\.?0*\+08:00$/, '+08:00');

/**
 * The last of all texts of a moment, with every digit of its fraction: readings of the moment itself are not after it, whether they are
 * written `…:00`, `…:00.0` or `…:00.000`. @param moment `format: date-time`, in any offset
 */
export function lastText(moment: string): string {
  const fraction = /\.(\d+)/.exec(moment)?.[1] ?? '';
  const at = unixMoment(moment.replace(/\.\d+/, ''));
  if (at > lastMoment) return afterAllTexts;
  const second = timeText(at);
  return second.replace(/\.\d+/, `.${fraction.slice(0, 9).padEnd(9, '0')}`);
}

/** Why a dataset has no latest rows. */
export const timeFieldMissing = (dataset: string): Bilingual => ({
  zh: `${dataset} 没有登记 intake.timeField`,
  en: `${dataset} has not registered intake.timeField`,
});
