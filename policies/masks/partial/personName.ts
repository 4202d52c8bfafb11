import { pointCount, headAndTail, hasSurrogates } from './codePoints.ts';
import { asKeep, shownFrom } from './keep.ts';
import { defineMask, sameMask, textTypes, type MaskFunction } from '../mask.ts';
import { ShownTexts } from './shownTexts.ts';

const params = { fixed: { kind: 'flag', default: false } } as const;

const first = (text: string): string =>
  hasSurrogates(text) ? String.fromCodePoint(text.codePointAt(0) ?? 0) : text.slice(0, 1);

const fixedName: MaskFunction = (value) =>
  pointCount(value as string) > 1 ? `${first(value as string)}**` : '***';

const maxCachedLength = 64;

function nameByLength(): MaskFunction {
  const made = new ShownTexts();
  return (value) => {
    const text = value as string;
    const { length } = text;
    if (length > maxCachedLength || hasSurrogates(text)) return headAndTail(text, 1, 0, 2);
    const key = text.charCodeAt(0) * (maxCachedLength + 1) + length;
    return made.get(key) ?? made.keep(key, headAndTail(text, 1, 0, 2));
  };
}

/**
 * The first character of a name; a name of one character is hidden completely. Compound surnames and the dot of 买买提·艾则孜 get no special
 * treatment. `fixed` always shows two stars, so that the length is hidden too.
 */
export const personName = defineMask({
  name: 'personName',
  title: { zh: '姓名', en: 'personal name' },
  examples: [
    { value: '欧阳娜', becomes: '欧**' },
    { params: { fixed: true }, value: '买买提·艾则孜', becomes: '买**' },
  ],
  types: textTypes,
  params,
  compile: ({ fixed }) => (fixed ? fixedName : nameByLength()),
  output: (schema, { fixed }) =>
    fixed
      ? { type: 'string', maxLength: 3 }
      : { type: 'string', maxLength: schema['maxLength'] ?? 10_000, pattern: '^(?:.?\\**)$' },
  meet: (mine, other) => {
    const otherParams = sameMask<typeof params>('personName', other);
    if (otherParams !== undefined)
      return { name: 'personName', params: { fixed: mine.fixed || otherParams.fixed } };
    const stored = asKeep(other);
    if (stored === undefined) return undefined;
    const from = shownFrom(stored);
    if (stored.head >= 1 && from <= 2) return { name: 'personName', params: { fixed: mine.fixed } };
    if (mine.fixed) return undefined;
    const head = Math.min(stored.head, 1);
    return { name: 'keep', params: { head, tail: 0, from: from === head + 1 ? 0 : from } };
  },
  reveals: ({ fixed }) =>
    fixed
      ? { zh: '姓名的第一个字', en: 'the first character' }
      : { zh: '姓名的第一个字和长度', en: 'the first character and the length' },
  copies: (points) => (points.length > 1 ? [0] : []),
});
