import { headAndTailPositions, isDigitOrStar, pointCount, stars } from './codePoints.ts';
import { asKeep, shownFrom } from './keep.ts';
import { counted, revealedParts, theLength } from './revealedParts.ts';
import { ShownTexts } from './shownTexts.ts';
import { defineMask, sameMask, textTypes } from '../mask.ts';

const params = {
  head: { kind: 'integer', min: 0, max: 6, default: 6 },
  tail: { kind: 'integer', min: 0, max: 4, default: 0 },
} as const;

/** 15 or 18 places of digits, the last of 18 may be X; stars of an earlier mask count as digits. */
function hasForm(text: string): boolean {
  const { length } = text;
  if (length !== 18 && length !== 15) return false;
  for (let i = 0; i < length; i += 1) {
    const code = text.charCodeAt(i);
    if (!isDigitOrStar(code) && !(i === 17 && (code === 88 || code === 120))) return false;
  }
  return true;
}

/** The leading characters as one number: digits by their value, the star of an earlier mask as ten. */
function headNumber(text: string, head: number): number {
  let number = 0;
  for (let i = 0; i < head; i += 1) {
    const code = text.charCodeAt(i);
    number = number * 11 + (code === 42 ? 10 : code - 48);
  }
  return number;
}

/**
 * Resident identity number (GB 11643). 6/0 is the default: the last four digits reveal sex and part of the check digit. With a birth year
 * in the same row, 6/4 leaves a few dozen candidates.
 */
export const idCard = defineMask({
  name: 'idCard',
  title: { zh: '身份证号', en: 'resident id number' },
  examples: [
    { value: '11010519491231002X', becomes: '110105************' },
    { params: { head: 6, tail: 4 }, value: '11010519491231002X', becomes: '110105********002X' },
  ],
  types: textTypes,
  params,
  compile: ({ head, tail }) => {
    const shown = (text: string): string =>
      text.slice(0, head) + stars(text.length - head - tail) + text.slice(text.length - tail);
    if (tail > 0) {
      return (value) => {
        const text = value as string;
        return hasForm(text) ? shown(text) : stars(pointCount(text));
      };
    }
    const made = new ShownTexts();
    return (value) => {
      const text = value as string;
      if (!hasForm(text)) return stars(pointCount(text));
      const key = headNumber(text, head) * 32 + text.length;
      return made.get(key) ?? made.keep(key, shown(text));
    };
  },
  output: (schema) => ({
    type: 'string',
    maxLength: schema['maxLength'] ?? 18,
    pattern: '^[0-9*]*[0-9Xx*]?$',
  }),
  meet: (mine, other, domain) => {
    const otherParams = sameMask<typeof params>('idCard', other);
    const stored = asKeep(other);
    const limit =
      otherParams ??
      (stored !== undefined && domain.format === 'cn-resident-id'
        ? shownFrom(stored) <= 18
          ? stored
          : { head: 0, tail: 0 }
        : undefined);
    if (limit === undefined) return undefined;
    return {
      name: 'idCard',
      params: { head: Math.min(mine.head, limit.head), tail: Math.min(mine.tail, limit.tail) },
    };
  },
  reveals: ({ head, tail }) =>
    revealedParts(
      head > 0 && { zh: `前 ${head} 位（行政区划）`, en: `the first ${counted(head, 'digit')} (division)` },
      tail > 0 && {
        zh: `后 ${tail} 位${tail > 1 ? '（含性别）' : ''}`,
        en: `the last ${counted(tail, 'digit')}${tail > 1 ? ' (sex among them)' : ''}`,
      },
      theLength,
    ),
  copies: (points, { head, tail }) =>
    hasForm(points.join('')) ? headAndTailPositions(points.length, head, tail, head + tail + 1) : [],
});
