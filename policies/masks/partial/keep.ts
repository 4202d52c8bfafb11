import type { MaskUse } from '../../decision.ts';
import { headAndTail, headAndTailPositions } from './codePoints.ts';
import { counted, revealedParts, theLength } from './revealedParts.ts';
import { defineMask, sameMask, textTypes } from '../mask.ts';

const keepParams = {
  head: { kind: 'integer', min: 0, max: 32 },
  tail: { kind: 'integer', min: 0, max: 32 },
  /** minimum length of a text of which anything is shown; 0 = head + tail + 1, the least that hides one character */
  from: { kind: 'integer', min: 0, max: 1000, default: 0 },
} as const;

interface Keep {
  readonly head: number;
  readonly tail: number;
  readonly from: number;
}

/** Minimum length of a text of which anything is shown. */
export const shownFrom = ({ head, tail, from }: Keep): number => Math.max(from, head + tail + 1);

/**
 * A mask expressed as a `keep`: a keep itself, or a personal name with its length, which shows one character of texts from two characters
 * on.
 */
export function asKeep({ name, params }: MaskUse): Keep | undefined {
  if (name === 'keep') return params as unknown as Keep;
  return name === 'personName' && params['fixed'] === false ? { head: 1, tail: 0, from: 2 } : undefined;
}

/**
 * Shows the first and last characters. `meet` takes the smaller head and tail and the larger `from`. With keep(6,4) a text of eight
 * characters is all stars, so the meet with keep(3,4) must hide it too.
 */
export const keep = defineMask({
  name: 'keep',
  title: { zh: '保留首尾', en: 'keep head and tail' },
  examples: [{ params: { head: 2, tail: 1 }, value: 'AB12345', becomes: 'AB****5' }],
  types: textTypes,
  params: keepParams,
  compile: (params) => {
    const { head, tail } = params;
    const from = shownFrom(params);
    return (value) => headAndTail(value as string, head, tail, from);
  },
  output: (schema) => ({ type: 'string', maxLength: schema['maxLength'] ?? 10_000 }),
  meet: (mine, other) => {
    const otherParams = sameMask<typeof keepParams>('keep', other);
    if (otherParams === undefined) return undefined;
    const head = Math.min(mine.head, otherParams.head);
    const tail = Math.min(mine.tail, otherParams.tail);
    const from = Math.max(shownFrom(mine), shownFrom(otherParams));
    return { name: 'keep', params: { head, tail, from: from === head + tail + 1 ? 0 : from } };
  },
  reveals: (params) =>
    revealedParts(
      params.head > 0 && {
        zh: `前 ${params.head} 个字符`,
        en: `the first ${counted(params.head, 'character')}`,
      },
      params.tail > 0 && {
        zh: `后 ${params.tail} 个字符`,
        en: `the last ${counted(params.tail, 'character')}`,
      },
      params.head + params.tail > 0
        ? {
            zh: `长度（短于 ${shownFrom(params)} 个字符时只有长度）`,
            en: `the length (of texts shorter than ${shownFrom(params)} only that)`,
          }
        : theLength,
    ),
  copies: (points, params) =>
    headAndTailPositions(points.length, params.head, params.tail, shownFrom(params)),
});
