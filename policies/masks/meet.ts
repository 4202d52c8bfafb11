import { canonicalJson, type CanonicalValue } from '../../terms/canonicalJson.ts';
import type { MaskUse } from '../decision.ts';
import { maskNamed } from './catalogue.ts';
import type { MaskDomain } from './mask.ts';

/** Whether two uses are the same mask with the same parameters. */
export function sameUse(a: MaskUse, b: MaskUse): boolean {
  return (
    a.name === b.name &&
    canonicalJson(a.params as CanonicalValue) === canonicalJson(b.params as CanonicalValue)
  );
}

/** The mask that tells no more than either; undefined where the two cannot be compared (the authors must choose). */
export function meet(a: MaskUse, b: MaskUse, domain: MaskDomain): MaskUse | undefined {
  if (sameUse(a, b)) return a;
  return maskNamed(a.name)?.meet(a.params, b, domain) ?? maskNamed(b.name)?.meet(b.params, a, domain);
}

export type MeetOfAll =
  | { readonly use: MaskUse }
  /** two masks that cannot be compared, as indexes into the given list */
  | { readonly conflict: readonly [number, number] };

/**
 * The meet of any number of masks, in whatever order they come: pairs are joined until none is left that can be. `nullify` therefore
 * settles a quarrel of two others.
 */
export function meetOfAll(uses: readonly MaskUse[], domain: MaskDomain): MeetOfAll {
  const left = uses.map((use, index) => ({ use, index }));
  for (let joined = true; joined && left.length > 1;) {
    joined = joinFirstPair(left, domain);
  }
  const [only, other] = left;
  if (only === undefined) throw new RangeError('the meet of no masks');
  return other === undefined ? { use: only.use } : { conflict: [only.index, other.index] };
}

function joinFirstPair(left: { use: MaskUse; index: number }[], domain: MaskDomain): boolean {
  for (let i = 0; i < left.length; i += 1) {
    for (let j = i + 1; j < left.length; j += 1) {
      const [a, b] = [left[i], left[j]];
      const both = a && b && meet(a.use, b.use, domain);
      if (both !== undefined && a !== undefined) {
        left.splice(j, 1);
        left[i] = { use: both, index: a.index };
        return true;
      }
    }
  }
  return false;
}
