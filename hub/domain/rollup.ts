/**
 * A dataset that is computed from the readings of another one (`intake.rollup`): one row for each series and bucket of time. Which
 * declarations are valid, and where buckets begin. Pure.
 */
import type { DatasetSchema, SchemaField, JsonSchema } from '../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { periodMinutes, type Periods } from './periods.ts';
import { boundText, timeFieldUnfit } from './timeField.ts';
import { canonicalText } from '../../schemas/readJson.ts';

export interface Rollup {
  /** the dataset with the readings, of the same department */
  readonly of: string;
  readonly every: BucketLength;
  /** functions by field of the readings; the value of `avg` of `pm25` is the field `pm25_avg` */
  readonly fields: Readonly<Record<string, readonly RollupFunction[]>>;
}

/** Each length divides the next one, so that a bucket is part of exactly one longer bucket. */
const minutesOf = { '1min': 1, '5min': 5, '15min': 15, '30min': 30, '1h': 60, '1d': 1440 } as const;
export type BucketLength = keyof typeof minutesOf;
export type RollupFunction = 'avg' | 'min' | 'max' | 'sum' | 'count';

export const bucketMinutes = (every: BucketLength): number => minutesOf[every];

/** The shortest of some lengths. */
export const finest = (lengths: readonly BucketLength[]): BucketLength =>
  (Object.keys(minutesOf) as BucketLength[]).find((one) => lengths.includes(one)) ?? '1d';

/** The first moment of the bucket of a moment; both in the form of time fields, on the clock of China. */
export function bucketOf(every: BucketLength, time: string): string {
  const minutes = minutesOf[every];
  if (minutes === 1440) return `${time.slice(0, 10)}T00:00:00+08:00`;
  if (minutes === 60) return `${time.slice(0, 13)}:00:00+08:00`;
  const minute = Number(time.slice(14, 16));
  return `${time.slice(0, 14)}${String(minute - (minute % minutes)).padStart(2, '0')}:00+08:00`;
}

/** The first moment after a bucket, as a bound of readings. */
export const bucketEnd = (every: BucketLength, bucket: string): string =>
  boundText(Date.parse(bucket) + minutesOf[every] * 60_000);

/** The fields of the computed dataset outside its key, each with its source and function. */
export const rollupFields = ({
  fields,
}: Rollup): readonly { readonly name: string; readonly field: string; readonly by: RollupFunction }[] =>
  Object.entries(fields).flatMap(([field, functions]) =>
    functions.map((by) => ({ name: `${field}_${by}`, field, by })),
  );

/** The rules that a computed dataset may have in addition. Others concern rows that a department sends. */
const company = ['rollup', 'timeField', 'periods'];

interface Readings {
  readonly schema: DatasetSchema;
  readonly intake: { readonly timeField?: string; readonly byCall?: object; readonly periods?: Periods };
}

/** Why a dataset cannot be computed like this; undefined where it can. @param intake its rules @param source the dataset with the readings, where it exists */
export function rollupUnfit(
  rollup: Rollup,
  intake: object,
  schema: DatasetSchema,
  source: Readings | undefined,
): Bilingual | undefined {
  const other = Object.keys(intake).find((name) => !company.includes(name));
  if (other !== undefined)
    return {
      zh: `计算生成的数据资源不接收报送，不能登记 ${other}`,
      en: `a computed dataset accepts no submissions: leave out ${other}`,
    };
  if (source?.intake.timeField === undefined || source.intake.byCall === undefined)
    return {
      zh: `${rollup.of} 应为同一部门已登记 byCall 和 timeField 的数据资源`,
      en: `${rollup.of} must be a dataset of the same department with byCall and timeField`,
    };
  return (
    retainedTooShort(rollup, source.intake.periods) ??
    keyUnfit(schema, source.schema, source.intake.timeField) ??
    firstOf(rollupFields(rollup).map((one) => fieldUnfit(one, schema, source.schema))) ??
    strangeField(rollup, schema)
  );
}

/** A bucket would be computed from the readings of its end only. */
function retainedTooShort({ of, every }: Rollup, periods: Periods | undefined): Bilingual | undefined {
  if (periods?.keep === undefined || periods.keep * periodMinutes[periods.every] >= minutesOf[every])
    return undefined;
  return {
    zh: `${of} 保存读数的时间短于一个时段（${every}）`,
    en: `${of} retains its readings for less than a bucket (${every})`,
  };
}

const firstOf = (reasons: readonly (Bilingual | undefined)[]): Bilingual | undefined =>
  reasons.find((reason) => reason !== undefined);

const levels = ['L1', 'L2', 'L3', 'L4'];
const isOpener = (field: SchemaField, than: SchemaField): boolean =>
  levels.indexOf(field.sensitivity) < levels.indexOf(than.sensitivity);

/** Whether the rows are about persons or organisations. */
export const isOfPersons = ({ subject }: DatasetSchema): boolean =>
  subject !== undefined && subject.kind !== 'place';

function keyUnfit(schema: DatasetSchema, source: DatasetSchema, timeField: string): Bilingual | undefined {
  // counts and averages of persons follow the rules of statistics (GET …/statistics), which suppress small groups
  const personal = source.fields.find(
    ({ name, personal: kind }) => kind !== 'none' && source.primaryKey.includes(name),
  );
  if (isOfPersons(source) || isOfPersons(schema) || personal !== undefined)
    return {
      zh: '读数涉及个人或组织，不能汇总：其统计以 aggregate 授权',
      en: 'readings about persons or organisations cannot be rolled up: grant statistics of them (aggregate)',
    };
  if (schema.primaryKey.join('/') !== source.primaryKey.join('/'))
    return {
      zh: `主键应为 ${source.primaryKey.join('、')}，与读数相同`,
      en: `the primary key must be that of the readings: ${source.primaryKey.join(', ')}`,
    };
  const time = timeFieldUnfit(timeField, schema);
  if (time !== undefined) return time;
  return firstOf(
    schema.primaryKey.map((name) => {
      const field = schema.fields.find((one) => one.name === name);
      const from = source.fields.find((one) => one.name === name);
      if (field === undefined || from === undefined || field.type !== from.type || isOpener(field, from))
        return {
          zh: `${name} 的类型应与读数相同，敏感级别不得低于读数`,
          en: `${name} must have the type of the readings and at least their sensitivity`,
        };
      return acceptsAll(field.schema, from.schema)
        ? undefined
        : {
            zh: `${name} 应接受读数的全部取值：约束与读数相同或更宽`,
            en: `${name} must accept every value of the readings: its constraints are the same or wider`,
          };
    }),
  );
}

function fieldUnfit(
  { name, field, by }: ReturnType<typeof rollupFields>[number],
  schema: DatasetSchema,
  source: DatasetSchema,
): Bilingual | undefined {
  const from = source.fields.find((one) => one.name === field);
  if (from === undefined || !['number', 'integer'].includes(from.type) || from.personal !== 'none')
    return {
      zh: `${field} 应为读数中的数值项，且不属个人信息`,
      en: `${field} must be a field of numbers of the readings, and not personal`,
    };
  const whole = by === 'count' || (by !== 'avg' && from.type === 'integer');
  const to = schema.fields.find((one) => one.name === name);
  if (to === undefined || !(to.type === 'number' || (whole && to.type === 'integer')))
    return {
      zh: `标准应有数值项 ${name}`,
      en: `the schema needs the field ${name}, of the type number`,
    };
  if (to.required && !to.nullable)
    return {
      zh: `${name} 应可为空：一段时间内可能没有取值`,
      en: `${name} must be allowed to be empty: a bucket may have no value`,
    };
  if (['multipleOf', 'enum', 'const'].some((keyword) => keyword in to.schema))
    return {
      zh: `${name} 由计算得出，不可有 multipleOf、enum 或 const`,
      en: `${name} is computed: leave out multipleOf, enum and const`,
    };
  return isOpener(to, from)
    ? {
        zh: `${name} 的敏感级别不得低于 ${field}`,
        en: `${name} must have at least the sensitivity of ${field}`,
      }
    : undefined;
}

function strangeField(rollup: Rollup, schema: DatasetSchema): Bilingual | undefined {
  const made = new Set([...schema.primaryKey, ...rollupFields(rollup).map(({ name }) => name)]);
  const strange = schema.fields.find(({ name }) => !made.has(name));
  return strange === undefined
    ? undefined
    : {
        zh: `${strange.name} 没有对应的计算`,
        en: `nothing computes ${strange.name}`,
      };
}

/** For log entries, such as `1h of ecology.levels: pm25 avg max`. */
export const rollupText = ({ of, every, fields }: Rollup): string =>
  `${every} of ${of}: ${Object.entries(fields)
    .map(([field, functions]) => [field, ...functions].join(' '))
    .join(', ')}`;

/** Keywords that accept and refuse nothing. The types are compared elsewhere. */
const notes = new Set([
  ...['title', 'description', '$comment', 'examples', 'default', 'type'],
  ...['x-title', 'x-description', 'x-sensitivity', 'x-personal', 'x-class'],
]);
/** Of these the greater number accepts more, */
const upper = new Set(['maxLength', 'maximum', 'exclusiveMaximum']);
/** and of these the smaller one. */
const lower = new Set(['minLength', 'minimum', 'exclusiveMinimum']);

/** Each constraint of `to` is one of `from`, the same or narrower there. */
const acceptsAll = (to: JsonSchema, from: JsonSchema): boolean =>
  Object.entries(to).every(
    ([keyword, value]) => notes.has(keyword) || isWider(keyword, value, from[keyword]),
  );

function isWider(keyword: string, to: unknown, from: unknown): boolean {
  if (from === undefined) return false;
  if (typeof to === 'number' && typeof from === 'number') {
    if (upper.has(keyword)) return to >= from;
    if (lower.has(keyword)) return to <= from;
  }
  if (keyword === 'enum' && Array.isArray(to) && Array.isArray(from)) {
    const accepted = new Set(to.map(canonicalText));
    return from.every((value) => accepted.has(canonicalText(value)));
  }
  return canonicalText(to) === canonicalText(from);
}
