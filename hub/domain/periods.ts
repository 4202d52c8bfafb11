/** Rows partitioned by period (数据分期): the field that gives the period, its length, and how long it is stored. Pure. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { civilDateInChina, civilDateText, dayInChina } from '../../terms/civilDate.ts';
import { layoutOf, type Column } from './rowTable/layout.ts';
import { timePattern, timeText } from './timeField.ts';

export interface Periods {
  /** a day or a moment, as it is written in the row */
  readonly field: string;
  readonly every: 'hour' | 'day' | 'month' | 'year';
  /** number of earlier periods to retain in addition to the current one; absent: all of them */
  readonly keep?: number;
}

/**
 * Maximum of periods that one batch may begin. The periods of a dataset are limited too: a query that names no period locks every
 * partition and each of its indexes, and the server has a single lock table for everything it stores.
 */
export const maxBegun = 60;
export const maxPeriods = 72;

/** Maximum of periods after the next ones that rows by call may begin: a device with a wrong clock leaves the others free. */
export const maxLater = 24;

/** Periods that are left free by rows by call: for those past their retention that the job has not dropped yet. */
const spare = 4;

/** Number of characters of a value that name its period: `2026-03-01T08`, `2026-03-01`, `2026-03`, `2026`. */
export const periodLength: Readonly<Record<Periods['every'], number>> = {
  hour: 13,
  day: 10,
  month: 7,
  year: 4,
};

/** Why a dataset of this version cannot have periods; undefined where it can. */
export function periodsUnfit(
  { field: name, every }: Pick<Periods, 'field' | 'every'>,
  schema: DatasetSchema,
): Bilingual | undefined {
  const field = schema.fields.find((one) => one.name === name);
  if (field?.type !== 'string' || (field.format !== 'date' && field.format !== 'date-time') || field.nullable)
    return {
      zh: `${name} 应为已有的日期数据项（format: date 或 date-time），且不可为空`,
      en: `${name} is a field of days or moments (format: date or date-time) that is never null`,
    };
  // leading characters of the text name the hour; they are the same hour for all rows only if all use one form
  if (every === 'hour' && field.schema['pattern'] !== timePattern)
    return {
      zh: `按小时分期时，${name} 的 pattern 应为 ${timePattern}`,
      en: `for periods of an hour the pattern of ${name} must be ${timePattern}`,
    };
  // a key without it would be unique within one period only
  if (!schema.primaryKey.includes(name))
    return {
      zh: `主键须含 ${name}，否则同一主键可在两个期间各出现一次`,
      en: `the primary key has to hold ${name}: otherwise one key could be in two periods`,
    };
  return undefined;
}

/** The column of a row's period. @throws TypeError of a schema that `periodsUnfit` rejects */
export function periodColumn({ field }: Pick<Periods, 'field'>, schema: DatasetSchema): Column {
  const column = layoutOf(schema).byField.get(field);
  if (column === undefined) throw new TypeError('the schema has no field of the periods');
  return column;
}

/** The first period that is retained at a moment, in the calendar of China; undefined where all are. @param now Unix milliseconds */
export function firstRetained({ every, keep }: Periods, now: number): string | undefined {
  if (keep === undefined) return undefined;
  if (every === 'hour' || every === 'day') return periodAt(every, now - keep * lengths[every]);
  const { year, month } = civilDateInChina(now);
  if (every === 'year') return String(Math.max(0, year - keep)).padStart(4, '0');
  return monthAt(year * 12 + month - 1 - keep);
}

const lengths = { hour: 3_600_000, day: 24 * 3_600_000 } as const;

const periodAt = (every: Periods['every'], moment: number): string =>
  timeText(moment).slice(0, periodLength[every]);

/** Minutes of the shortest period of each length. */
export const periodMinutes: Readonly<Record<Periods['every'], number>> = {
  hour: 60,
  day: 1_440,
  month: 28 * 1_440,
  year: 365 * 1_440,
};

/** Number of periods that a job creates before their rows arrive, in addition to the current one. */
const ahead = { hour: 3, day: 2, month: 1, year: 1 } as const;

/** The current period and the next ones. @param now Unix milliseconds */
export function nextPeriods({ every }: Pick<Periods, 'every'>, now: number): readonly string[] {
  const steps = Array.from({ length: ahead[every] + 1 }, (_, nth) => nth);
  if (every === 'hour' || every === 'day')
    return steps.map((nth) => periodAt(every, now + nth * lengths[every]));
  const { year, month } = civilDateInChina(now);
  return steps.map((nth) =>
    every === 'year' ? String(year + nth).padStart(4, '0') : monthAt(year * 12 + month - 1 + nth),
  );
}

/** What decides whether further periods may begin. */
export interface BeginningPeriods {
  /** existing periods */
  readonly there: readonly string[];
  /** periods of the arriving rows */
  readonly brought: readonly string[];
  /** Unix milliseconds */
  readonly now: number;
  /** whether the rows come by call: then later periods are limited by `maxLater` too */
  readonly byCall: boolean;
}

/**
 * The periods that may not begin, because the dataset would have too many. Others leave room for the current and the next ones. Of the
 * others the earlier ones come first, the newest of them first.
 */
export function periodsOver(
  periods: Pick<Periods, 'every' | 'keep'>,
  { there, brought, now, byCall }: BeginningPeriods,
): readonly string[] {
  const known = new Set(there);
  const coming = nextPeriods(periods, now);
  const last = coming.at(-1) ?? '';
  const missing = [...new Set(brought)].filter((period) => !known.has(period)).sort();
  const present = missing.filter((period) => coming.includes(period));
  const earlier = missing.filter((period) => period <= last && !coming.includes(period)).reverse();
  const later = missing.filter((period) => period > last);
  const room = Math.max(0, maxPeriods - known.size);
  const free = Math.max(0, room - coming.filter((period) => !known.has(period)).length);
  const left = Math.max(0, free - earlier.length);
  const retained = (periods.keep ?? 0) + coming.length;
  const maxAhead = byCall ? Math.min(maxLater, maxPeriods - spare - retained) : maxPeriods;
  const forLater = Math.max(0, maxAhead - there.filter((period) => period > last).length);
  return [...present.slice(room), ...earlier.slice(free), ...later.slice(Math.min(left, forLater))].sort();
}

/** The day on which a period is deleted; undefined where all are retained, or where that day is too far in the future to be written. */
export function goesOn({ every, keep }: Periods, period: string): string | undefined {
  if (keep === undefined) return undefined;
  if (every === 'hour' || every === 'day') {
    const begins = Date.parse(every === 'hour' ? `${period}:00:00+08:00` : `${period}T00:00:00+08:00`);
    const ends = begins + (keep + 1) * lengths[every];
    return ends < lastNamed ? dayInChina(ends) : undefined;
  }
  const months = monthsOf(period) + (keep + 1) * (every === 'year' ? 12 : 1);
  return months >= 10_000 * 12
    ? undefined
    : civilDateText({ year: Math.floor(months / 12), month: (months % 12) + 1, day: 1 });
}

/** The first moment whose year has five digits. */
const lastNamed = Date.UTC(10_000, 0, 1) - 8 * lengths.hour;

/** Months from the year 0 to the first month of the period. */
const monthsOf = (period: string): number =>
  Number(period.slice(0, 4)) * 12 + (Number(period.slice(5)) || 1) - 1;

const monthAt = (months: number): string => {
  const at = Math.max(0, months);
  return `${String(Math.floor(at / 12)).padStart(4, '0')}-${String((at % 12) + 1).padStart(2, '0')}`;
};

/** Their form in the log and in a rejection. */
export const periodsText = ({ field, every, keep }: Periods): string =>
  `${every} by ${field}${keep === undefined ? '' : `, keep ${keep}`}`;
