/** The parts that a node evaluates, for `unevaluatedProperties` and `unevaluatedItems`: at most, or in any case. */
import type { Node, NodeId } from './node.ts';

type Nodes = (id: NodeId) => Node;

/** In-place children that always apply, and with `most` those that may. `not` never evaluates anything. */
function applied(node: Node, most: boolean): NodeId[] {
  const always = [...(node.ref === undefined ? [] : [node.ref]), ...(node.allOf ?? [])];
  if (!most) return always;
  const conditional = [node.condition, node.then, node.otherwise].filter((id) => id !== undefined);
  return [
    ...always,
    ...(node.anyOf ?? []),
    ...(node.oneOf ?? []),
    ...conditional,
    ...(node.dependentSchemas ?? []).map(([, id]) => id),
  ];
}

/** Names and patterns evaluated; undefined when all names are. */
export function evaluatedNames(
  nodes: Nodes,
  start: Node,
  most: boolean,
): { names: string[]; sources: string[] } | undefined {
  const names = new Set<string>();
  const sources = new Set<string>();
  const open: [Node, boolean][] = [[start, true]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, isStart] = next;
    if (node.additional !== undefined || (!isStart && node.unevaluatedProperties !== undefined))
      return undefined;
    for (const name of node.properties?.keys() ?? []) names.add(name);
    for (const [source] of node.patterns ?? []) sources.add(source);
    for (const id of applied(node, most)) open.push([nodes(id), false]);
  }
  return { names: [...names].sort(), sources: [...sources].sort() };
}

/** Items evaluated from the start of the array; undefined when all are, or when `contains` may evaluate any. */
export function evaluatedItems(nodes: Nodes, start: Node, most: boolean): number | undefined {
  let count = 0;
  const open: [Node, boolean][] = [[start, true]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [node, isStart] = next;
    if (node.items !== undefined || (!isStart && node.unevaluatedItems !== undefined)) return undefined;
    if (most && node.contains !== undefined) return undefined;
    count = Math.max(count, node.prefix?.length ?? 0);
    for (const id of applied(node, most)) open.push([nodes(id), false]);
  }
  return count;
}
