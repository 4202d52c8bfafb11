import { isDigitOrStar, pointCount, stars } from './codePoints.ts';
import { asKeep, shownFrom } from './keep.ts';
import { counted, revealedParts, theLength } from './revealedParts.ts';
import { defineMask, sameMask, textTypes } from '../mask.ts';

const params = {
  head: { kind: 'integer', min: 0, max: 3, default: 3 },
  tail: { kind: 'integer', min: 0, max: 4, default: 4 },
} as const;

/** Start of the national number: after +86 or 0086 and one space. */
function nationalStart(text: string): number {
  const first = text.charCodeAt(0);
  if (first !== 43 && first !== 48) return 0;
  const prefix = text.startsWith('+86') ? 3 : text.startsWith('0086') ? 4 : 0;
  return prefix > 0 && text.charCodeAt(prefix) === 32 ? prefix + 1 : prefix;
}

function allDigits(text: string, from: number): boolean {
  for (let i = from; i < text.length; i += 1) if (!isDigitOrStar(text.charCodeAt(i))) return false;
  return true;
}

const isMobile = (text: string, start: number): boolean =>
  text.length - start === 11 && text.charCodeAt(start) !== 48 && allDigits(text, start);

/** Length of the area code of a landline (010 and 02x: 3, others 4), 0 when the text has none. */
function areaCode(text: string, start: number): number {
  if (text.charCodeAt(start) !== 48) return 0;
  const second = text.charCodeAt(start + 1);
  const length = second === 49 || second === 50 ? 3 : 4;
  const local = text.charCodeAt(start + length) === 45 ? start + length + 1 : start + length;
  const digits = text.length - local;
  return (digits === 7 || digits === 8) &&
    allDigits(text.slice(start, start + length), 0) &&
    allDigits(text, local)
    ? length
    : 0;
}

/** Shows of mobile numbers 3/4, without +86; of landlines the area code when head is 3. Any other text becomes all stars. */
export const phone = defineMask({
  name: 'phone',
  title: { zh: '电话号码', en: 'phone number' },
  examples: [
    { value: '+86 13800001234', becomes: '138****1234' },
    { value: '0571-87654321', becomes: '0571-********' },
  ],
  types: textTypes,
  params,
  compile:
    ({ head, tail }) =>
    (value) => {
      const text = value as string;
      const start = nationalStart(text);
      if (isMobile(text, start)) {
        return text.slice(start, start + head) + stars(11 - head - tail) + text.slice(text.length - tail);
      }
      const area = areaCode(text, start);
      if (area === 0 || head < 3) return stars(pointCount(text));
      const dash = text.charCodeAt(start + area) === 45 ? '-' : '';
      return text.slice(start, start + area) + dash + stars(text.length - start - area - dash.length);
    },
  output: (schema) => ({
    type: 'string',
    maxLength: schema['maxLength'] ?? 32,
    pattern: '^[0-9*]*-?[0-9*]*$',
  }),
  meet: (mine, other, domain) => {
    const stored = asKeep(other);
    const limit =
      sameMask<typeof params>('phone', other) ??
      (stored !== undefined && domain.format === 'cn-mobile'
        ? shownFrom(stored) <= 11
          ? stored
          : { head: 0, tail: 0 }
        : undefined);
    if (limit === undefined) return undefined;
    return {
      name: 'phone',
      params: { head: Math.min(mine.head, limit.head), tail: Math.min(mine.tail, limit.tail) },
    };
  },
  reveals: ({ head, tail }) =>
    revealedParts(
      head > 0 && { zh: `手机号前 ${head} 位`, en: `the first ${counted(head, 'digit')} of a mobile number` },
      tail > 0 && { zh: `手机号后 ${tail} 位`, en: `the last ${counted(tail, 'digit')} of a mobile number` },
      head === 3 && { zh: '固定电话的区号', en: 'the area code of a landline' },
      theLength,
    ),
  copies: (points, { head, tail }) => {
    const text = points.join('');
    const start = nationalStart(text);
    const all = points.map((_, i) => i);
    if (text.length === points.length && isMobile(text, start)) {
      return all.filter((i) => (i >= start && i < start + head) || i >= text.length - tail);
    }
    const area = text.length === points.length && head === 3 ? areaCode(text, start) : 0;
    return all.filter((i) => area > 0 && i >= start && (i < start + area || text.charCodeAt(i) === 45));
  },
});
