/** Some members of a node taken as one constraint. */
import { pointerTo } from '../../jsonSchema.ts';
import type { Node, NodeId } from '../node.ts';
import { only, textOf } from '../nodeParts.ts';
import type { ChangeCode } from '../reasons.ts';
import type { Listing, Pair } from './listing.ts';

/** Some members of a node taken as one constraint. */
export function compareParts(
  list: Listing,
  pair: Pair,
  old: Node,
  fresh: Node,
  keys: readonly (keyof Node)[],
  keyword: string,
  code: ChangeCode,
): void {
  const was = only(old, keys);
  const is = only(fresh, keys);
  if (textOf(was) === textOf(is)) return;
  const rule = (node: Node): NodeId | undefined =>
    Object.keys(node).length === 0 ? undefined : list.make(node);
  list.add(pair, pointerTo(pair.path, keyword), code, rule(is), rule(was), { keyword });
}
