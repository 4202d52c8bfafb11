/** Values of fields and texts of options in the form in which they are compared. */
import { pointerTo } from '../../../schemas/jsonSchema.ts';
import { Problem } from '../../../terms/problem.ts';

export type Comparable = (text: string) => string;

/** Without blanks around it; a number without leading zeros, and without zeros after its last decimal. */
export const comparableOf = (isNumber: boolean): Comparable =>
  isNumber ? plainNumber : (text) => text.trim();

/** `+01.50` → `1.5`; a text that is no number as it is. */
function plainNumber(text: string): string {
  const [, sign = '', whole = '', fraction = ''] = /^([+-]?)0*(\d*)(?:\.(\d*?)0*)?$/.exec(text.trim()) ?? [];
  if (whole === '' && fraction === '' && !/\d/.test(text)) return text.trim();
  const digits = `${whole === '' ? '0' : whole}${fraction === '' ? '' : `.${fraction}`}`;
  return sign === '-' && digits !== '0' ? `-${digits}` : digits;
}

/**
 * What an option gives for each value of a field, by values in comparable form.
 * @throws Problem adapter_options_invalid for two forms of one value (1 and 01) that give different things
 */
export function comparableMap<T>(
  given: Readonly<Record<string, T>>,
  comparable: Comparable,
  option: string,
): ReadonlyMap<string, T> {
  const found = new Map<string, T>();
  for (const [text, one] of Object.entries(given)) {
    const value = comparable(text);
    if (found.has(value) && found.get(value) !== one)
      throw new Problem(
        'adapter_options_invalid',
        { format: 'copybook' },
        {
          findings: [
            {
              code: 'option_invalid',
              path: pointerTo(`/${option}`, text),
              message: {
                zh: '与另一取值相同（数字不计前导零，文字不计首尾空格），结果却不同',
                en: 'is the same value as another one (leading zeros of a number, blanks around a text), with another result',
              },
            },
          ],
        },
      );
    found.set(value, one);
  }
  return found;
}
