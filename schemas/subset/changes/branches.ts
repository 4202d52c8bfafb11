/** Alternatives and conditions. */
import { pointerTo } from '../../jsonSchema.ts';
import type { Node, NodeId } from '../node.ts';
import type { Listing, Pair } from './listing.ts';
import { compareParts } from './parts.ts';

export function compareBranches(list: Listing, pair: Pair, old: Node, fresh: Node, open: Pair[]): void {
  for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const) {
    const was = old[keyword] ?? [];
    const is = fresh[keyword] ?? [];
    const gone = was.filter((id) => !is.includes(id));
    const come = is.filter((id) => !was.includes(id));
    if (gone.length === 0 && come.length === 0) continue;
    const path = pointerTo(pair.path, keyword);
    const rule = (ids: readonly NodeId[]): NodeId | undefined =>
      ids.length === 0 ? undefined : list.make({ [keyword]: ids });
    if (keyword === 'allOf' || was.length === 0 || is.length === 0) {
      list.add(pair, path, 'branches_changed', rule(is), rule(was), { keyword });
      continue;
    }
    compareMatched(list, pair, path, gone, come, open, rule(is), rule(was), keyword === 'oneOf');
  }
}

/** Branches that are gone and branches that have come are paired by the first place in which both differ least: their order. */
function compareMatched(
  list: Listing,
  pair: Pair,
  path: string,
  gone: readonly NodeId[],
  come: readonly NodeId[],
  open: Pair[],
  is: NodeId | undefined,
  was: NodeId | undefined,
  exclusive: boolean,
): void {
  const fresh = list.opened(pair.fresh)[exclusive ? 'oneOf' : 'anyOf'] ?? [];
  const old = list.opened(pair.old)[exclusive ? 'oneOf' : 'anyOf'] ?? [];
  const paired = Math.min(gone.length, come.length);
  for (let index = 0; index < paired; index += 1) {
    const [a, b] = [gone[index], come[index]];
    if (a !== undefined && b !== undefined)
      open.push({ old: a, fresh: b, path: pointerTo(path, fresh.indexOf(b)) });
  }
  for (const id of come.slice(paired)) {
    const fits = is === undefined || list.proves(pair.old, is);
    list.add(
      pair,
      pointerTo(path, fresh.indexOf(id)),
      exclusive && !fits ? 'branch_may_overlap' : 'branch_added',
      is,
      was,
      {},
    );
  }
  for (const id of gone.slice(paired))
    list.add(pair, pointerTo(path, old.indexOf(id)), 'branch_removed', is, was, {});
}

export function compareConditions(list: Listing, pair: Pair, old: Node, fresh: Node): void {
  compareParts(list, pair, old, fresh, ['not'], 'not', 'condition_changed');
  compareParts(list, pair, old, fresh, ['condition', 'then', 'otherwise'], 'if', 'condition_changed');
  compareParts(list, pair, old, fresh, ['ref'], '$ref', 'schema_changed');
  compareParts(list, pair, old, fresh, ['opaque'], '$dynamicRef', 'schema_changed');
}
