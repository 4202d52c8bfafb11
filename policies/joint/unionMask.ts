/**
 * Table of pairs: what two masks of one value reveal together. A pair that is not in it is assumed to reveal everything (`unknown =
 * clear`). The result may overstate what the two reveal, never understate it.
 */
import type { MaskUse } from '../decision.ts';
import type { MaskDomain } from '../masks/mask.ts';
import { meet, sameUse } from '../masks/meet.ts';

const everything: MaskUse = { name: 'clear', params: {} };

/** Symmetric. @param length minimum length of values, in characters, where the format defines one */
export function unionMask(a: MaskUse, b: MaskUse, domain: MaskDomain, length?: number): MaskUse {
  if (sameUse(a, b)) return a;
  const met = meet(a, b, domain);
  if (met !== undefined && sameUse(met, a)) return b;
  if (met !== undefined && sameUse(met, b)) return a;
  return headsAndTails(a, b, length) ?? cuts(a, b) ?? patterns(a, b) ?? withPseudonym(a, b) ?? everything;
}

/**
 * Characters from both ends, the longer of each; all of them where they cover the whole value. Where lengths vary the result is unknown:
 * the two ends of a short name are the whole name.
 */
function headsAndTails(a: MaskUse, b: MaskUse, length: number | undefined): MaskUse | undefined {
  const [one, other] = [endsOf(a), endsOf(b)];
  if (one === undefined || other === undefined || length === undefined) return undefined;
  const [head, tail] = [Math.max(one.head, other.head), Math.max(one.tail, other.tail)];
  if (head + tail >= length) return everything;
  return { name: 'keep', params: { head, tail, from: 0 } };
}

export interface Ends {
  readonly head: number;
  readonly tail: number;
}

/** Characters that a mask shows from either end; undefined for masks that show none in place. */
function endsOf({ name, params }: MaskUse): Ends | undefined {
  const number = (word: string): number => (typeof params[word] === 'number' ? params[word] : 0);
  switch (name) {
    case 'keep':
    case 'idCard':
    case 'phone':
      return { head: number('head'), tail: number('tail') };
    case 'bankCard':
      return { head: number('bin'), tail: number('tail') };
    case 'plate':
      return { head: number('head'), tail: 0 };
    case 'personName':
      return { head: 1, tail: 0 };
    default:
      return undefined;
  }
}

/** Two divisions of a number line together have the cuts of both: no finer than their greatest common step. */
function cuts(a: MaskUse, b: MaskUse): MaskUse | undefined {
  const [one, other] = [cutsOf(a), cutsOf(b)];
  if (one === undefined || other === undefined) return undefined;
  if (a.name === 'band' && b.name === 'band') {
    return { name: 'band', params: { edges: [...new Set([...one, ...other])].sort((x, y) => x - y) } };
  }
  const step = [...one, ...other].reduce(commonDivisor, 0);
  return step > 1 ? { name: 'floorTo', params: { step } } : everything;
}

function cutsOf({ name, params }: MaskUse): readonly number[] | undefined {
  const { step, edges } = params;
  if (name === 'floorTo' && typeof step === 'number') return [step];
  return name === 'band' && Array.isArray(edges) ? edges.map(Number) : undefined;
}

function commonDivisor(a: number, b: number): number {
  let [x, y] = [Math.abs(a), Math.abs(b)];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}

/** One text shows what the other hides, except for the patterns that both hide. */
function patterns(a: MaskUse, b: MaskUse): MaskUse | undefined {
  if (a.name !== 'redactText' || b.name !== 'redactText') return undefined;
  const [one, other] = [a, b].map(({ params }) =>
    Array.isArray(params['patterns']) ? params['patterns'].map(String) : [],
  );
  const both = (one ?? []).filter((pattern) => other?.includes(pattern) === true);
  return both.length === 0 ? everything : { name: 'redactText', params: { patterns: both } };
}

/** A pseudonym reveals nothing of its value; combined with another mask it reveals whose value the other one shows. */
function withPseudonym(a: MaskUse, b: MaskUse): MaskUse | undefined {
  if (a.name === 'pseudonym' && b.name === 'pseudonym') return textOf(a) < textOf(b) ? a : b;
  if (a.name === 'pseudonym') return b;
  return b.name === 'pseudonym' ? a : undefined;
}

const textOf = ({ params, scope }: MaskUse): string => JSON.stringify([params, scope]);
