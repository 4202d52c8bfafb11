/** Counter-examples: a record valid under the old schema and not under the new one, found by trying and confirmed by the validator. */
import { generate, memberNodes } from '../sample/generate.ts';
import { nothing, type Manner, type Pool } from '../sample/manner.ts';
import { Random } from '../sample/random.ts';
import { isSchemaObject } from '../jsonSchema.ts';
import { evaluate } from './evaluate.ts';
import { inPlaceChildren, type Node, type NodeId, type Nodes } from './node.ts';
import type { Universe } from './universe.ts';
import { decimalText } from '../../terms/decimal.ts';
import { samplePattern } from '../sample/samplePattern.ts';
import { reachable } from './children.ts';

export interface Search {
  readonly universe: Universe;
  readonly left: NodeId;
  readonly right: NodeId;
  /** the validator's verdict: valid under the left schema, not under the right one */
  readonly confirms: (value: unknown) => boolean;
  readonly seed?: number;
  /** maximum number of generated values */
  readonly tries?: number;
  /** maximum number of generated parts (members, items): where arrays of arrays double, a single value is huge */
  readonly steps?: number;
}

/** A confirmed counter-example, minimised; `nothing` when none was found. */
export function findWitness(search: Search): unknown {
  const { universe, left, right, confirms, seed = 7, tries = 600, steps = 250_000 } = search;
  const random = new Random(seed);
  const manner = {
    random,
    pool: collectPool(universe.node, [left, right], random),
    fullness: 0.5,
    effort: { left: tries },
    steps: { left: steps },
  };
  for (const value of candidates(universe.node, [left], right, manner, 0)) {
    if (evaluate(universe.node, left, value) !== false && confirms(value)) return shrink(value, confirms);
  }
  return nothing;
}

interface Effort extends Manner {
  /** number of values that may still be generated */
  readonly effort: { left: number };
  readonly steps: { left: number };
}

const deepest = 6;

/** Values that meet the left side; those that break the right side in one known place come first. */
function* candidates(
  nodes: Nodes,
  left: readonly NodeId[],
  right: NodeId,
  manner: Effort,
  depth: number,
): Generator {
  const rounds = depth === 0 ? 1000 : 6;
  for (let round = 0; round < rounds && manner.effort.left > 0 && manner.steps.left > 0; round += 1) {
    for (let i = 0; i < 8; i += 1) {
      manner.effort.left -= 1;
      const fullness = [0, 0.5, 1][i % 3] ?? 0.5;
      const value = generate(nodes, left, { ...manner, fullness });
      if (value !== nothing && evaluate(nodes, right, value) !== true) yield value;
    }
    if (depth < deepest && round < 40) yield* inside(nodes, left, right, manner, depth);
  }
}

/** Values of which one member or item violates the right side. */
function* inside(
  nodes: Nodes,
  left: readonly NodeId[],
  right: NodeId,
  manner: Effort,
  depth: number,
): Generator {
  const rightParts = partsOf(nodes, right);
  const leftParts = left.flatMap((id) => partsOf(nodes, id));
  const names = new Set(
    [...rightParts, ...leftParts].flatMap((part) => [...(part.properties?.keys() ?? [])]),
  );
  for (const name of names) {
    const from = memberNodes(leftParts, name);
    const to = memberNodes(rightParts, name);
    if (to.length === 0 || (from.length === to.length && from.every((id, place) => id === to[place])))
      continue;
    yield* withMember(nodes, left, name, from, to, manner, depth);
  }
  const item = rightParts
    .flatMap((part) => [part.items, ...(part.prefix ?? []), part.contains])
    .filter((id) => id !== undefined);
  const items = leftParts
    .flatMap((part) => [part.items, ...(part.prefix ?? [])])
    .filter((id) => id !== undefined);
  for (const to of item.slice(0, 3)) {
    let found = 0;
    for (const value of candidates(nodes, items.slice(0, 1), to, manner, depth + 1)) {
      yield [value];
      yield [value, value];
      found += 1;
      if (found >= 3) break;
    }
  }
}

function* withMember(
  nodes: Nodes,
  left: readonly NodeId[],
  name: string,
  from: readonly NodeId[],
  to: readonly NodeId[],
  manner: Effort,
  depth: number,
): Generator {
  for (const target of to) {
    let found = 0;
    for (const member of candidates(nodes, from, target, manner, depth + 1)) {
      manner.effort.left -= 1;
      const base = generate(nodes, left, { ...manner, fullness: found % 2 });
      if (isSchemaObject(base)) yield { ...base, [name]: member };
      found += 1;
      if (found >= 4) break;
    }
  }
}

/** A node and its in-place sub-schemas, every branch. */
function partsOf(nodes: Nodes, id: NodeId): Node[] {
  const seen = new Set<NodeId>([id]);
  const open = [id];
  const parts: Node[] = [];
  for (let next = open.pop(); next !== undefined && parts.length < 100; next = open.pop()) {
    const node = nodes(next);
    parts.push(node);
    for (const child of inPlaceChildren(node)) {
      if (!seen.has(child)) open.push(child);
      seen.add(child);
    }
  }
  return parts;
}

/** Removes members and items, and shortens texts, while the value remains a counter-example. */
function shrink(value: unknown, confirms: (value: unknown) => boolean): unknown {
  let best = value;
  let spent = 0;
  // a part that could not be removed is tried again only after all others
  for (let from = 0; ;) {
    let at = 0;
    let found = false;
    for (const make of smallerThan(best)) {
      at += 1;
      if (at <= from) continue;
      spent += 1;
      if (spent >= 300) return best;
      const next = make();
      if (!confirms(next)) continue;
      best = next;
      found = true;
      break;
    }
    if (found) from = at - 1;
    else if (from === 0) return best;
    else from = 0;
  }
}

function* smallerThan(value: unknown): Generator<() => unknown> {
  if (typeof value === 'string' && value.length > 8)
    yield () => [...value].slice(0, Math.ceil(value.length / 2)).join('');
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    for (const index of items.keys()) yield () => items.filter((_, place) => place !== index);
    for (const [index, item] of items.entries())
      for (const make of smallerThan(item)) yield () => items.with(index, make());
  } else if (isSchemaObject(value)) {
    for (const name of Object.keys(value))
      yield () => {
        const { [name]: _, ...others } = value;
        return others;
      };
    for (const [name, member] of Object.entries(value))
      for (const make of smallerThan(member)) yield () => ({ ...value, [name]: make() });
  }
}

/** Constants at and next to every bound in some schemas: counter-examples are found there. */
function collectPool(nodes: (id: NodeId) => Node, roots: readonly NodeId[], random: Random): Pool {
  const numbers = new Set<number>([0, 1, -1, 0.5]);
  const lengths = new Set<number>([0, 1]);
  const texts = new Set<string>(['']);
  const names = new Set<string>(['zz']);
  for (const id of [...reachable(nodes, roots)].slice(0, 3000)) {
    const node = nodes(id);
    for (const number of numbersNear(node)) numbers.add(number);
    for (const length of lengthsNear(node)) lengths.add(length);
    for (const text of textsOf(node, random)) texts.add(text);
    for (const name of namesOf(node, random)) names.add(name);
  }
  return { numbers: [...numbers], lengths: [...lengths], texts: [...texts], names: [...names] };
}

function* numbersNear(node: Node): Generator<number> {
  for (const bound of [node.minimum, node.maximum, node.above, node.below, node.multipleOf]) {
    if (bound === undefined) continue;
    const value = Number(decimalText(bound));
    yield* [value, value + 1, value - 1, value + 0.5, value - 0.5, value * 2, value / 2, value * 3];
  }
  for (const value of node.values ?? []) if (typeof value === 'number') yield value;
}

function* lengthsNear(node: Node): Generator<number> {
  const { minLength, maxLength, minItems, maxItems, minContains, maxContains, prefix } = node;
  const counts = [minLength, maxLength, minItems, maxItems, minContains, maxContains, prefix?.length];
  for (const count of counts)
    if (count !== undefined && count < 3000) yield* [count - 1, count, count + 1].filter((near) => near >= 0);
}

function* textsOf({ values = [], pattern }: Node, random: Random): Generator<string> {
  for (const value of values) if (typeof value === 'string') yield value;
  const text = pattern === undefined ? undefined : samplePattern(pattern, random);
  if (text !== undefined) yield text;
}

function* namesOf(node: Node, random: Random): Generator<string> {
  yield* node.properties?.keys() ?? [];
  yield* node.required ?? [];
  for (const [name, others] of node.dependentRequired ?? []) yield* [name, ...others];
  for (const [source] of node.patterns ?? []) yield samplePattern(source, random) ?? 'zz';
}
