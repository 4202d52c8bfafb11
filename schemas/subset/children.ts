import { inPlaceChildren, type Node, type NodeId } from './node.ts';

/** Every node that a node leads to directly. */
function childrenOf(node: Node): NodeId[] {
  const singles = [
    node.items,
    node.contains,
    node.unevaluatedItems,
    node.additional,
    node.names,
    node.unevaluatedProperties,
  ];
  return [
    ...inPlaceChildren(node),
    ...(node.prefix ?? []),
    ...(node.properties?.values() ?? []),
    ...(node.patterns ?? []).map(([, id]) => id),
    ...singles.filter((id) => id !== undefined),
  ];
}

/** All nodes that can be reached from some, themselves included. */
export function reachable(nodes: (id: NodeId) => Node, roots: readonly NodeId[]): Set<NodeId> {
  const seen = new Set<NodeId>(roots);
  const open = [...roots];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const child of childrenOf(nodes(next))) {
      if (seen.has(child)) continue;
      seen.add(child);
      open.push(child);
    }
  }
  return seen;
}

/**
 * Maximum number of times a validator may visit one value: the largest number of paths from a node through schemas that apply to the same
 * value.
 */
export function maxVisits(nodes: (id: NodeId) => Node, roots: readonly NodeId[]): number {
  const known = new Map<NodeId, number>();
  const visits = (id: NodeId): number => {
    const before = known.get(id);
    if (before !== undefined) return before;
    const sum = inPlaceChildren(nodes(id)).reduce((total, child) => total + visits(child), 1);
    known.set(id, sum);
    return sum;
  };
  return Math.max(...[...reachable(nodes, roots)].map(visits));
}
