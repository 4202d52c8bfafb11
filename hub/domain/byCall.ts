/** Rows that come by signed calls instead of files (`intake.byCall`). Pure. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { unixMoment } from '../../terms/civilDate.ts';
import { classOfValue, type RowProblem } from '../../terms/rowProblem.ts';

export interface ByCall {
  /** what happens to a call with a bad row: its good rows are published (quarantine, the default), or none are (refuse) */
  readonly onBad?: 'quarantine' | 'refuse';
  /** the moment of a row, compared with the hub's clock */
  readonly time?: RowTime;
}

export interface RowTime {
  /** a field with `format: date-time` */
  readonly field: string;
  /** maximum of seconds that it may be ahead; default 300 */
  readonly maxAheadSeconds?: number;
  /** what happens to a row that is further ahead; default quarantine */
  readonly onAhead?: TimeAction | 'take';
  /** maximum of seconds that it may be late; absent: any */
  readonly maxLateSeconds?: number;
  /** what happens to a row that is later; default quarantine */
  readonly onLate?: TimeAction;
}

/** The row is bad, or the whole call is rejected. */
export type TimeAction = 'quarantine' | 'refuse';

/** Rows of one call. Its bytes are limited by openapi.yaml. */
export const maxRows = 10_000;

/** Seconds that a sender's clock may be ahead, where the dataset sets no limit. */
const usualAheadSeconds = 300;

/** Milliseconds that the moment of a row may be ahead of its arrival for event rules. */
export const maxAheadMs = ({ time }: ByCall): number =>
  Math.max(usualAheadSeconds, time?.maxAheadSeconds ?? 0) * 1_000;

/** Why a dataset of this version cannot have the rule; undefined where it can. */
export function byCallUnfit({ time }: ByCall, schema: DatasetSchema): Bilingual | undefined {
  if (time === undefined) return undefined;
  if (time.onAhead === 'take' && time.maxAheadSeconds !== undefined)
    return {
      zh: 'onAhead: take 收取任何将来的时刻，不写 maxAheadSeconds',
      en: 'onAhead: take accepts any future moment: leave out maxAheadSeconds',
    };
  if (time.onLate !== undefined && time.maxLateSeconds === undefined)
    return { zh: 'onLate 须与 maxLateSeconds 一同登记', en: 'onLate needs maxLateSeconds' };
  const field = schema.fields.find(({ name }) => name === time.field);
  if (field?.type === 'string' && field.format === 'date-time') return undefined;
  return {
    zh: `${time.field} 应为已有的时刻数据项（format: date-time）`,
    en: `${time.field} must be a field of moments (format: date-time)`,
  };
}

/** The rule that a moment breaks; undefined where it is neither too far ahead nor too late. @param now Unix milliseconds */
export function timeFault(
  { maxAheadSeconds = usualAheadSeconds, maxLateSeconds, onAhead, onLate }: RowTime,
  value: unknown,
  now: number,
): { readonly rule: TimeRule; readonly refuses: boolean } | undefined {
  const moment = typeof value === 'string' ? unixMoment(value) : Number.NaN;
  if (onAhead !== 'take' && moment > now + maxAheadSeconds * 1_000)
    return { rule: 'time.future', refuses: onAhead === 'refuse' };
  if (maxLateSeconds !== undefined && moment < now - maxLateSeconds * 1_000)
    return { rule: 'time.late', refuses: onLate === 'refuse' };
  return undefined;
}

type TimeRule = 'time.future' | 'time.late';

const timeMessages: Readonly<Record<TimeRule, Bilingual>> = {
  'time.future': {
    zh: '晚于枢纽的当前时间：请核对设备时钟与时区',
    en: 'is ahead of the hub’s clock: check clock and time zone of the device',
  },
  'time.late': {
    zh: '迟到过久：请核对设备时钟与时区，以及积压的数据',
    en: 'is too late: check clock and time zone of the device, and its backlog',
  },
};

/** @param line number of the row */
export const timeProblem = (rule: TimeRule, line: number, field: string, value: unknown): RowProblem => ({
  line,
  column: 0,
  header: '',
  field,
  rule,
  got: classOfValue(value, true),
  message: timeMessages[rule],
});

/** How the rule is written in the log. */
export function byCallText({ onBad = 'quarantine', time }: ByCall): string {
  if (time === undefined) return onBad;
  const { field, maxAheadSeconds = usualAheadSeconds, onAhead = 'quarantine', maxLateSeconds, onLate } = time;
  const ahead = onAhead === 'take' ? `${field} ahead: take` : `${field} at most ${maxAheadSeconds} s ahead`;
  return [
    ...[onBad, ahead],
    ...(onAhead === 'refuse' ? ['refuse'] : []),
    ...(maxLateSeconds === undefined ? [] : [`at most ${maxLateSeconds} s late`]),
    ...(onLate === 'refuse' ? ['refuse'] : []),
  ].join(', ');
}
