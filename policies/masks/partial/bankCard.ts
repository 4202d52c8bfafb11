import { headAndTail, headAndTailPositions, isDigitOrStar, pointCount, stars } from './codePoints.ts';
import { asKeep, shownFrom } from './keep.ts';
import { counted, revealedParts, theLength } from './revealedParts.ts';
import { defineMask, sameMask, textTypes } from '../mask.ts';

const params = {
  /** leading digits shown: 6 names the issuing bank */
  bin: { kind: 'integer', min: 0, max: 6, default: 0 },
  tail: { kind: 'integer', min: 0, max: 4, default: 4 },
} as const;
const [shortest, longest] = [12, 19];

function hasForm(text: string): boolean {
  if (text.length < shortest || text.length > longest) return false;
  for (let i = 0; i < text.length; i += 1) if (!isDigitOrStar(text.charCodeAt(i))) return false;
  return true;
}

/** Card numbers of 12 to 19 digits (ISO/IEC 7812). Any other text, including one with spaces, becomes all stars. */
export const bankCard = defineMask({
  name: 'bankCard',
  title: { zh: '银行卡号', en: 'bank card number' },
  examples: [
    { value: '6222020000001234567', becomes: '***************4567' },
    { params: { bin: 6, tail: 4 }, value: '6222020000001234567', becomes: '622202*********4567' },
  ],
  types: textTypes,
  params,
  compile:
    ({ bin, tail }) =>
    (value) => {
      const text = value as string;
      return hasForm(text) ? headAndTail(text, bin, tail, bin + tail + 1) : stars(pointCount(text));
    },
  output: (schema) => ({ type: 'string', maxLength: schema['maxLength'] ?? 64, pattern: '^[0-9*]*$' }),
  meet: (mine, other, domain) => {
    const otherParams = sameMask<typeof params>('bankCard', other);
    if (otherParams !== undefined)
      return use(Math.min(mine.bin, otherParams.bin), Math.min(mine.tail, otherParams.tail));
    const stored = asKeep(other);
    if (stored === undefined || domain.format !== 'cn-bank-card') return undefined;
    if (shownFrom(stored) > longest) return use(0, 0);
    return shownFrom(stored) <= shortest
      ? use(Math.min(mine.bin, stored.head), Math.min(mine.tail, stored.tail))
      : undefined;
  },
  reveals: ({ bin, tail }) =>
    revealedParts(
      bin > 0 && { zh: `前 ${bin} 位（发卡行）`, en: `the first ${counted(bin, 'digit')} (the bank)` },
      tail > 0 && { zh: `后 ${tail} 位`, en: `the last ${counted(tail, 'digit')}` },
      theLength,
    ),
  copies: (points, { bin, tail }) =>
    hasForm(points.join('')) ? headAndTailPositions(points.length, bin, tail, bin + tail + 1) : [],
});

const use = (bin: number, tail: number): { name: string; params: { bin: number; tail: number } } => ({
  name: 'bankCard',
  params: { bin, tail },
});
