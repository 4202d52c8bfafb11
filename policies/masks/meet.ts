import type { MaskUse } from '../decision.ts';
import { maskNamed } from './catalogue.ts';
import type { MaskDomain } from './mask.ts';
import { isMemberOf } from './pseudonyms/scopes.ts';

/** Whether two uses are the same mask with the same parameters (scalars, or lists of scalars). */
export function sameUse(a: MaskUse, b: MaskUse): boolean {
  if (a === b) return true;
  if (a.name !== b.name || a.scope !== b.scope) return false;
  const names = Object.keys(a.params).filter((name) => a.params[name] !== undefined);
  const others = Object.keys(b.params).filter((name) => b.params[name] !== undefined);
  return names.length === others.length && names.every((name) => sameParam(a.params[name], b.params[name]));
}

function sameParam(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return a === b;
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

/** The mask that reveals no more than either; undefined where the two cannot be compared (the authors must choose). */
export function meet(a: MaskUse, b: MaskUse, domain: MaskDomain): MaskUse | undefined {
  if (sameUse(a, b)) return a;
  if (a.name === b.name && a.scope !== b.scope) return narrowerScope(a, b) ?? narrowerScope(b, a);
  return maskNamed(a.name)?.meet(a.params, b, domain) ?? maskNamed(b.name)?.meet(b.params, a, domain);
}

/** The pseudonyms of one provider join less than those of a linkage of which the provider is a party. */
function narrowerScope(own: MaskUse, linked: MaskUse): MaskUse | undefined {
  const { scope } = linked;
  if (scope === undefined || !isMemberOf(own.scope, scope)) return undefined;
  return sameUse({ ...own, scope }, linked) ? own : undefined;
}

export type MeetOfAll =
  | { readonly use: MaskUse }
  /** two masks that cannot be compared, as indexes into the given list */
  | { readonly conflict: readonly [number, number] };

/**
 * The meet of any number of masks, in any order: pairs are joined until none can be. `nullify` therefore resolves a conflict between two
 * others.
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
