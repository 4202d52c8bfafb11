/** Rows that come by signed calls instead of files (`intake.byCall`). Pure. */
import type { DatasetSchema } from '../../schemas/datasetSchema.ts';
import type { Bilingual } from '../../terms/bilingual.ts';

export interface ByCall {
  /** what happens to a call with a bad row: its good rows are published (quarantine, the default), or none are (refuse) */
  readonly onBad?: 'quarantine' | 'refuse';
  /** the moment of a row; one that is ahead of the hub's clock is bad */
  readonly time?: RowTime;
}

export interface RowTime {
  /** a field with `format: date-time` */
  readonly field: string;
  /** seconds that it may be ahead; default 300 */
  readonly maxAheadSeconds?: number;
}

/** Rows of one call. Its bytes are limited by openapi.yaml. */
export const maxRows = 10_000;

/** Seconds that a sender's clock may be ahead, where the dataset states none. */
const usualAheadSeconds = 300;

/** Why a dataset of this version cannot have the rule; undefined where it can. */
export function byCallUnfit({ time }: ByCall, schema: DatasetSchema): Bilingual | undefined {
  if (time === undefined) return undefined;
  const field = schema.fields.find(({ name }) => name === time.field);
  if (field?.type === 'string' && field.format === 'date-time') return undefined;
  return {
    zh: `${time.field} 应为已有的时刻数据项（format: date-time）`,
    en: `${time.field} must be a field of moments (format: date-time)`,
  };
}

/** Whether a value is too far ahead. @param now Unix milliseconds */
export function isAhead(
  { maxAheadSeconds = usualAheadSeconds }: RowTime,
  value: unknown,
  now: number,
): boolean {
  return typeof value === 'string' && Date.parse(value) > now + maxAheadSeconds * 1_000;
}

/** How the rule is written in the log. */
export const byCallText = ({ onBad = 'quarantine', time }: ByCall): string =>
  time === undefined
    ? onBad
    : `${onBad}, ${time.field} at most ${time.maxAheadSeconds ?? usualAheadSeconds} s ahead`;
