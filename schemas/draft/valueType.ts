import { date, dateTime } from '../formats/dateAndTime.ts';
import type { Typed } from './declaredType.ts';

/** A type from values alone. Nothing of them is written down, not even when only a few different ones occur. */
export function byValuesAlone(seen: readonly string[]): Typed {
  const every = (holds: (text: string) => boolean): boolean => seen.length > 0 && seen.every(holds);
  const typed = (schema: Record<string, unknown>, zh: string, en: string): Typed => ({
    schema,
    confidence: Math.min(0.8, 0.4 + seen.length / 100),
    reason: { zh, en },
  });
  if (every((text) => date(text) === undefined))
    return typed({ type: 'string', format: 'date' }, '所有值都是日期', 'every value is a date');
  if (every((text) => dateTime(text) === undefined))
    return typed(
      { type: 'string', format: 'date-time' },
      '所有值都是带时区的时间',
      'every value is a time with offset',
    );
  if (every((text) => /^-?(?:0|[1-9]\d{0,14})$/.test(text)))
    return typed({ type: 'integer' }, '所有值都是整数', 'every value is a whole number');
  if (every((text) => /^-?(?:0|[1-9]\d{0,9})(?:\.\d{1,5})?$/.test(text)))
    return typed({ type: 'number' }, '所有值都是数值', 'every value is a number');
  const distinct = new Set(seen).size;
  if (seen.length >= 30 && distinct <= 12) {
    return typed(
      { type: 'string' },
      `只有 ${distinct} 种取值，可考虑值域代码`,
      `only ${distinct} values occur: perhaps a code list`,
    );
  }
  return typed({ type: 'string' }, '按文本处理', 'taken as text');
}
