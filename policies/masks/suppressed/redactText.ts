import { defineMask, sameMask, textTypes } from '../mask.ts';
import { patternIds, redact, type PatternId } from './redactScanner.ts';

const params = { patterns: { kind: 'choices', of: patternIds } } as const;
const maxTextLength = 10_000;

/**
 * Replaces numbers, addresses and plates in free text by ***, from a closed catalogue. One pass over the text, no patterns by authors. A
 * text longer than 10,000 characters is hidden completely. The remaining text is unrestricted: prefer dropping free text.
 */
export const redactText = defineMask({
  name: 'redactText',
  title: { zh: '文本遮盖', en: 'redacted text' },
  examples: [
    {
      params: { patterns: ['phone', 'email'] },
      value: '电话 138-0000-1234，邮箱 z@qq.com',
      becomes: '电话 ***，邮箱 ***',
    },
  ],
  types: textTypes,
  params,
  compile: ({ patterns }) => {
    const wanted = new Set(patterns as readonly PatternId[]);
    return (value) => ((value as string).length > maxTextLength ? '***' : redact(value as string, wanted));
  },
  output: (schema) => ({ type: 'string', maxLength: Number(schema['maxLength'] ?? maxTextLength) + 3 }),
  meet: (mine, other) => {
    const otherParams = sameMask<typeof params>('redactText', other);
    return (
      otherParams && {
        name: 'redactText',
        params: { patterns: [...new Set([...mine.patterns, ...otherParams.patterns])].sort() },
      }
    );
  },
  reveals: ({ patterns }) => ({
    zh: `除 ${patterns.join('、')} 以外的全部文字`,
    en: `all of the text but ${patterns.join(', ')}`,
  }),
  copies: (points, { patterns }) => copiedPositions(points, new Set(patterns as readonly PatternId[])),
});

/** Positions outside the redacted spans. */
function copiedPositions(points: readonly string[], wanted: ReadonlySet<PatternId>): number[] {
  const text = points.join('');
  if (text.length > maxTextLength) return [];
  const hidden: [number, number][] = [];
  redact(text, wanted, (from, to) => hidden.push([from, to]));
  let unit = 0;
  const positions: number[] = [];
  for (const [i, point] of points.entries()) {
    const at = unit;
    unit += point.length;
    if (!hidden.some(([from, to]) => at >= from && at < to)) positions.push(i);
  }
  return positions;
}
