import { date, dateTime } from '../formats/dateAndTime.ts';
import type { Typed } from './declaredType.ts';

const exponent = /^\d(?:\.\d+)?[eE]\+1[0-9]$/;
const namesIdentifier =
  /(?:(?<!序)号|号码|编码|代码|电话|传真|邮编)$|(?:^|_)(?:code|tel|phone|fax|zip|postcode)$/i;

/** A number that is counted or measured has no zeros in front, and does not have eleven digits or more in every row. */
function identifies(seen: readonly string[], names: readonly string[]): boolean {
  return (
    names.some((name) => namesIdentifier.test(name.trim())) ||
    seen.some((text) => /^0\d/.test(text)) ||
    seen.every((text) => text.length >= 11)
  );
}

/** A type from values alone. Nothing of them is written down, not even when only a few different ones occur. */
export function byValuesAlone(seen: readonly string[], names: readonly string[] = []): Typed {
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
  if (every((text) => /^\d+$/.test(text)) && identifies(seen, names))
    return typed(
      { type: 'string' },
      '像号码（电话、长编号、以 0 开头，或名称如此），按文本处理',
      'identifiers (telephone numbers, long numbers, zeros in front, or named so): taken as text',
    );
  if (every((text) => exponent.test(text)))
    return typed(
      { type: 'string' },
      '电子表格把长号码变成了科学计数（如 1.10101E+17），号码已损坏：按文本处理，请重新导出样例',
      'a spreadsheet turned long numbers into scientific notation (1.10101E+17), which are lost: taken as text; export the sample again',
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
