import type { Leaf } from '../../../log/leaf.ts';
import { parseLeaf } from '../../../log/parseLeaf.ts';
import { isDateText } from '../../../terms/civilDate.ts';
import { Problem } from '../../../terms/problem.ts';

/** The leaf, undefined where its bytes are none any more, or none that the log wrote: re-verification tells of that. */
export function leafIn(bytes: Uint8Array): Leaf | undefined {
  try {
    const leaf = parseLeaf(bytes);
    return isMoment(leaf.at) ? leaf : undefined;
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** Four digits of a year that every calendar and column has, a day later too; then a time of day. */
const form = /^[1-8]\d{3}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/**
 * Whether a time is one that a clock showed. The form of a leaf has room for others, as a thirteenth month: days are counted from it and
 * columns filled, so whoever follows the log would end at such an entry, for good.
 */
export const isMoment = (at: string): boolean => form.test(at) && isDateText(at.slice(0, 10));
