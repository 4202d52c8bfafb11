/** Items, positions, and what must be contained. */
import { pointerTo } from '../../jsonSchema.ts';
import type { Node, NodeId } from '../node.ts';
import type { Listing, Pair } from './listing.ts';
import { compareParts } from './parts.ts';

export function compareArrays(list: Listing, pair: Pair, old: Node, fresh: Node, open: Pair[]): void {
  const alike = old.prefix?.length === fresh.prefix?.length;
  if (alike) {
    for (const [index, was] of (old.prefix ?? []).entries()) {
      const is = fresh.prefix?.[index];
      if (is !== undefined)
        open.push({ old: was, fresh: is, path: pointerTo(pointerTo(pair.path, 'prefixItems'), index) });
    }
  }
  if (alike && old.items !== undefined && fresh.items !== undefined)
    open.push({ old: old.items, fresh: fresh.items, path: pointerTo(pair.path, 'items') });
  else if (!alike || old.items !== fresh.items)
    compareParts(list, pair, old, fresh, ['prefix', 'items'], 'items', 'items_changed');
  if (old.unique !== fresh.unique) {
    const code = fresh.unique === true ? 'unique_added' : 'unique_removed';
    const rule = (node: Node): NodeId | undefined =>
      node.unique === true ? list.make({ unique: true }) : undefined;
    list.add(pair, pointerTo(pair.path, 'uniqueItems'), code, rule(fresh), rule(old), {});
  }
  compareParts(
    list,
    pair,
    old,
    fresh,
    ['contains', 'minContains', 'maxContains'],
    'contains',
    'contains_changed',
  );
  compareParts(list, pair, old, fresh, ['unevaluatedItems'], 'unevaluatedItems', 'items_changed');
}
