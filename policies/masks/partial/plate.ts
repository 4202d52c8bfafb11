import { pointCount, stars } from './codePoints.ts';
import { counted, revealedParts } from './revealedParts.ts';
import { defineMask, sameMask, textTypes } from '../mask.ts';

const params = { head: { kind: 'integer', min: 0, max: 2, default: 2 } } as const;

const isStar = (code: number): boolean => code === 42;
const isHan = (code: number): boolean => code >= 0x4e00 && code <= 0x9fff;
const isLetter = (code: number): boolean => code >= 65 && code <= 90;
const isSign = (code: number): boolean => isLetter(code) || (code >= 48 && code <= 57) || isHan(code);
/** `·`, a full stop, a space or a hyphen between the first two characters and the rest */
const isSeparator = (code: number): boolean => code === 0xb7 || code === 46 || code === 32 || code === 45;

/** Start of the number proper (2, or 3 after a separator); 0 when the text does not have the form of a plate (GA 36). */
function numberStart(text: string): number {
  const [first, second] = [text.charCodeAt(0), text.charCodeAt(1)];
  if (!(isHan(first) || isStar(first)) || !(isLetter(second) || isStar(second))) return 0;
  const start = isSeparator(text.charCodeAt(2)) ? 3 : 2;
  const signs = text.length - start;
  if (signs !== 5 && signs !== 6) return 0;
  for (let i = start; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    if (!isSign(code) && !isStar(code)) return 0;
  }
  return start;
}

/** 沪A·12345 → 沪A·*****. Any other text becomes all stars. */
export const plate = defineMask({
  name: 'plate',
  title: { zh: '车牌号', en: 'number plate' },
  examples: [{ value: '沪A·12345', becomes: '沪A·*****' }],
  types: textTypes,
  params,
  compile:
    ({ head }) =>
    (value) => {
      const text = value as string;
      const start = numberStart(text);
      if (start === 0) return stars(pointCount(text));
      return text.slice(0, head) + stars(2 - head) + text.slice(2, start) + stars(text.length - start);
    },
  output: (schema) => ({ type: 'string', maxLength: schema['maxLength'] ?? 32 }),
  meet: (mine, other) => {
    const otherParams = sameMask<typeof params>('plate', other);
    return otherParams && { name: 'plate', params: { head: Math.min(mine.head, otherParams.head) } };
  },
  reveals: ({ head }) =>
    revealedParts(
      head > 0 && {
        zh: `前 ${head} 位${head === 2 ? '（发牌机关）' : ''}`,
        en: `the first ${counted(head, 'sign')}${head === 2 ? ' (issuing office)' : ''}`,
      },
      { zh: '分隔符', en: 'the separator' },
      { zh: '长度（可看出是否新能源号牌）', en: 'the length (which reveals electric cars)' },
    ),
  copies: (points, { head }) => {
    const start = numberStart(points.join(''));
    return points.map((_, i) => i).filter((i) => start > 0 && (i < head || (i === 2 && start === 3)));
  },
});
