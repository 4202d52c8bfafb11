/** Facts about formats for the proof. Unknown formats are equal only to themselves. */
import { cnResidentId } from '../formats/cnResidentId.ts';
import { lastingFormats } from '../formats/index.ts';

/** Minimum and maximum length in code points of formats whose form is fixed by this product's own code. */
export const formatLengths: Readonly<Record<string, readonly [number, number]>> = {
  'cn-resident-id': [18, 18],
  'cn-uscc': [18, 18],
  'cn-admin-code': [6, 12],
  'cn-mobile': [11, 11],
  'cn-bank-card': [12, 19],
  decimal: [1, 40],
};

/** Formats that this product reads at least as strictly as other validators. */
const strictlyRead = new Set(['date', 'date-time', 'time', 'uuid']);

/** Latest birth date for which an identity number is valid on every day of evaluation. */
const longPast = { year: 2020, month: 12, day: 31 };

/** Whether a text has a format; undefined where validators differ, the day decides, or the format is unknown. */
export function formatHolds(format: string, text: string): boolean | undefined {
  const holds = lastingFormats[format]?.(text) === undefined;
  if (format === 'cn-resident-id' && holds)
    return cnResidentId(text, longPast) === undefined ? true : undefined;
  if (Object.hasOwn(formatLengths, format)) return holds;
  return strictlyRead.has(format) && holds ? true : undefined;
}
