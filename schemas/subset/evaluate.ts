/** Whether one value is valid under a node. Used to try finite sets of values; exact for numbers, undefined where the result is unknown. */
import { compareDecimal, decimalOf, isMultipleOf } from '../../terms/decimal.ts';
import { canonicalText } from '../readJson.ts';
import { codeListIdOf } from '../codelists/codeLists.ts';
import { siblingDate } from '../vocabulary/codeKeyword.ts';
import { formatHolds } from './formatFacts.ts';
import { patternHolds } from './patternHolds.ts';
import { isSchemaObject } from '../jsonSchema.ts';
import type { JsonType, Node, NodeId, Nodes } from './node.ts';

/** true, false, or undefined: unknown */
export type Verdict = boolean | undefined;

export function typeOfValue(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  switch (typeof value) {
    case 'boolean':
    case 'number':
    case 'string':
      return typeof value as 'boolean' | 'number' | 'string';
    default:
      return 'object';
  }
}

/** Three-valued conjunction: false wins, then undefined. */
function all(verdicts: Iterable<Verdict>): Verdict {
  let known: Verdict = true;
  for (const verdict of verdicts) {
    if (verdict === false) return false;
    if (verdict === undefined) known = undefined;
  }
  return known;
}

const negate = (verdict: Verdict): Verdict => (verdict === undefined ? undefined : !verdict);

type Verdicts = Map<NodeId, Verdict>;

/** Cached verdicts on arrays and objects, which doubling branches would request repeatedly. Values are immutable. */
const memory = new WeakMap<Nodes, WeakMap<object, Verdicts>>();

/** Evaluates a value under a node. @param parent the object around it, for code lists with a date */
export function evaluate(nodes: Nodes, id: NodeId, value: unknown, parent?: unknown): Verdict {
  return verdictOn(nodes, id, value, parent, undefined);
}

/** @param scalar verdicts already reached on this very value, where it is neither an array nor an object */
function verdictOn(
  nodes: Nodes,
  id: NodeId,
  value: unknown,
  parent: unknown,
  scalar: Verdicts | undefined,
): Verdict {
  const node = nodes(id);
  if (node.always !== undefined) return node.always;
  const known = typeof value !== 'object' || value === null ? scalar : verdictsOn(nodes, value);
  if (known?.has(id) === true) return known.get(id);
  const verdict = all(verdictsOf(nodes, node, value, parent, known));
  known?.set(id, verdict);
  return verdict;
}

function verdictsOn(nodes: Nodes, value: object): Verdicts {
  const byValue = memory.get(nodes) ?? new WeakMap<object, Verdicts>();
  memory.set(nodes, byValue);
  const known = byValue.get(value) ?? new Map<NodeId, Verdict>();
  byValue.set(value, known);
  return known;
}

function* verdictsOf(
  nodes: Nodes,
  node: Node,
  value: unknown,
  parent: unknown,
  known: Verdicts | undefined,
): Generator<Verdict> {
  const type = typeOfValue(value);
  let shared = known;
  const on = (id: NodeId): Verdict => verdictOn(nodes, id, value, parent, (shared ??= new Map()));
  if (node.hasRefSiblings === true && node.ref !== undefined) {
    // validators differ on keywords next to a reference
    const siblings = all(verdictsOf(nodes, withoutReference(node), value, parent, shared));
    yield all([on(node.ref), siblings === true ? true : undefined]);
    return;
  }
  if (node.opaque !== undefined) yield undefined;
  if (node.ref !== undefined) yield on(node.ref);
  if (node.types !== undefined) yield node.types.has(type);
  if (node.whole === true && typeof value === 'number') yield Number.isInteger(value);
  if (node.values !== undefined) {
    const text = canonicalText(value);
    yield node.values.some((allowed) => canonicalText(allowed) === text);
  }
  yield* ofType(nodes, node, value, parent);
  yield* (node.allOf ?? []).map(on);
  if (node.anyOf !== undefined) yield negate(all(node.anyOf.map((id) => negate(on(id)))));
  if (node.oneOf !== undefined) yield exactlyOne(node.oneOf.map(on));
  if (node.not !== undefined) yield negate(on(node.not));
  if (node.condition !== undefined) yield ofCondition(node, node.condition, on);
}

/** The keywords that apply to values of one type. */
function ofType(nodes: Nodes, node: Node, value: unknown, parent: unknown): Iterable<Verdict> {
  if (typeof value === 'number') return ofNumber(node, value);
  if (typeof value === 'string') return ofString(nodes, node, value, parent);
  if (Array.isArray(value)) return ofArray(nodes, node, value);
  return isSchemaObject(value) ? ofObject(nodes, node, value) : [];
}

function withoutReference(node: Node): Node {
  const { ref: _ref, hasRefSiblings: _beside, ...rest } = node;
  return rest;
}

function exactlyOne(verdicts: readonly Verdict[]): Verdict {
  const yes = verdicts.filter((verdict) => verdict === true).length;
  if (yes > 1) return false;
  if (verdicts.includes(undefined)) return undefined;
  return yes === 1;
}

function ofCondition(node: Node, condition: NodeId, on: (id: NodeId) => Verdict): Verdict {
  const then = node.then === undefined ? true : on(node.then);
  const otherwise = node.otherwise === undefined ? true : on(node.otherwise);
  const holds = on(condition);
  if (holds === undefined) return then === otherwise ? then : undefined;
  return holds ? then : otherwise;
}

function* ofNumber(node: Node, value: number): Generator<Verdict> {
  const exact = decimalOf(value);
  if (node.minimum !== undefined) yield compareDecimal(exact, node.minimum) >= 0;
  if (node.maximum !== undefined) yield compareDecimal(exact, node.maximum) <= 0;
  if (node.above !== undefined) yield compareDecimal(exact, node.above) > 0;
  if (node.below !== undefined) yield compareDecimal(exact, node.below) < 0;
  if (node.multipleOf !== undefined) yield isMultipleOf(exact, node.multipleOf);
}

function* ofString({ codeLists }: Nodes, node: Node, value: string, parent: unknown): Generator<Verdict> {
  const length = [...value].length;
  if (node.minLength !== undefined) yield length >= node.minLength;
  if (node.maxLength !== undefined) yield length <= node.maxLength;
  if (node.pattern !== undefined) yield patternHolds(node.pattern, value);
  if (node.format !== undefined) yield formatHolds(node.format, value);
  if (node.code !== undefined) {
    const id = codeListIdOf(node.code.list);
    const known = codeLists.list(id, node.code.version) !== undefined;
    yield known ? codeLists.has(id, node.code.version, value, siblingDate(node.code, parent)) : undefined;
  }
}

function* ofArray(nodes: Nodes, node: Node, items: readonly unknown[]): Generator<Verdict> {
  if (node.minItems !== undefined) yield items.length >= node.minItems;
  if (node.maxItems !== undefined) yield items.length <= node.maxItems;
  const prefix = node.prefix ?? [];
  for (const [index, item] of items.entries()) {
    const id = prefix[index] ?? (index < prefix.length ? undefined : node.items);
    if (id !== undefined) yield evaluate(nodes, id, item);
  }
  if (node.unique === true) yield new Set(items.map(canonicalText)).size === items.length;
  if (node.contains !== undefined) yield ofContains(nodes, node, node.contains, items);
  if (node.unevaluatedItems !== undefined) yield undefined;
}

function ofContains(
  nodes: Nodes,
  { prefix = [], minContains = 1, maxContains = Infinity }: Node,
  contains: NodeId,
  items: readonly unknown[],
): Verdict {
  // with prefixItems, Ajv 8 accepts the empty array
  if (items.length === 0 && prefix.length > 0 && minContains > 0) return undefined;
  const verdicts = items.map((item) => evaluate(nodes, contains, item));
  const yes = verdicts.filter((verdict) => verdict === true).length;
  const perhaps = verdicts.filter((verdict) => verdict === undefined).length;
  if (yes + perhaps < minContains || yes > maxContains) return false;
  return yes >= minContains && yes + perhaps <= maxContains ? true : undefined;
}

function* ofObject(nodes: Nodes, node: Node, value: Readonly<Record<string, unknown>>): Generator<Verdict> {
  const names = Object.keys(value);
  const has = (name: string): boolean => Object.hasOwn(value, name);
  if (node.minProperties !== undefined) yield names.length >= node.minProperties;
  if (node.maxProperties !== undefined) yield names.length <= node.maxProperties;
  yield* (node.required ?? []).map(has);
  const patterns = (node.patterns ?? []).map(([source, id]) => [new RegExp(source, 'u'), id] as const);
  for (const name of names) {
    const matching = patterns.filter(([pattern]) => pattern.test(name)).map(([, id]) => id);
    for (const id of memberIds(node, name, matching)) yield evaluate(nodes, id, value[name], value);
    if (node.names !== undefined) yield evaluate(nodes, node.names, name);
  }
  for (const [name, others] of node.dependentRequired ?? []) if (has(name)) yield* others.map(has);
  for (const [name, id] of node.dependentSchemas ?? []) if (has(name)) yield evaluate(nodes, id, value);
  if (node.unevaluatedProperties !== undefined) yield undefined;
}

/** Nodes that apply to a member; `additionalProperties` applies only where no other does. */
function memberIds(
  { properties, additional }: Node,
  name: string,
  matching: readonly NodeId[],
): readonly NodeId[] {
  const own = properties?.get(name);
  if (own !== undefined) return [own, ...matching];
  return matching.length > 0 || additional === undefined ? matching : [additional];
}
