/**
 * Formula, in negation normal form, for the constraints of a node on values of one type. A formula is an assumption in a proof that no
 * value exists. Where a keyword cannot be expressed exactly the formula is weaker, so that the proof remains sound.
 */
import { decimalText, type Decimal } from '../../terms/decimal.ts';
import { evaluatedItems, evaluatedNames } from './evaluated.ts';
import type { CodeAtom, JsonType, Node, NodeId } from './node.ts';

export type Atom =
  | { readonly kind: 'values'; readonly values: readonly unknown[] }
  | { readonly kind: 'least'; readonly bound: Decimal; readonly open: boolean }
  | { readonly kind: 'most'; readonly bound: Decimal; readonly open: boolean }
  | { readonly kind: 'multiple'; readonly of: Decimal }
  | { readonly kind: 'longer'; readonly than: number }
  | { readonly kind: 'shorter'; readonly than: number }
  | { readonly kind: 'pattern'; readonly source: string }
  | { readonly kind: 'format'; readonly name: string }
  | { readonly kind: 'code'; readonly code: CodeAtom }
  | { readonly kind: 'item'; readonly index: number; readonly id: NodeId }
  | { readonly kind: 'rest'; readonly start: number; readonly id: NodeId }
  | { readonly kind: 'unique' }
  | { readonly kind: 'containsLeast'; readonly id: NodeId; readonly count: number }
  | { readonly kind: 'containsMost'; readonly id: NodeId; readonly count: number }
  | { readonly kind: 'has'; readonly name: string }
  | { readonly kind: 'property'; readonly name: string; readonly id: NodeId }
  | { readonly kind: 'matching'; readonly source: string; readonly id: NodeId }
  | {
      readonly kind: 'others';
      readonly names: readonly string[];
      readonly sources: readonly string[];
      readonly id: NodeId;
    }
  | { readonly kind: 'names'; readonly id: NodeId };

export type Formula =
  | { readonly kind: 'and'; readonly all: readonly Formula[] }
  | { readonly kind: 'or'; readonly any: readonly Formula[] }
  | { readonly kind: 'atom'; readonly atom: Atom; readonly sign: boolean; readonly key: string }
  /** a node not yet opened; `weak` ones are only compared with others by number */
  | { readonly kind: 'node'; readonly id: NodeId; readonly sign: boolean; readonly weak?: true }
  /** valid under two branches of a oneOf at once: proven separately, since it does not depend on the rest */
  | { readonly kind: 'both'; readonly ids: readonly [NodeId, NodeId] };

const truth: Formula = { kind: 'and', all: [] };
const falsehood: Formula = { kind: 'or', any: [] };

export const nodeFormula = (id: NodeId, sign: boolean): Formula => ({ kind: 'node', id, sign });

function atom(it: Atom, sign: boolean): Formula {
  return { kind: 'atom', atom: it, sign, key: keyOf(it) };
}

/** The key of the atom that states that a member is present. */
export function hasKey(name: string): string {
  return `has ${name}`;
}

function keyOf(it: Atom): string {
  switch (it.kind) {
    case 'least':
    case 'most':
      return `${it.kind} ${decimalText(it.bound)} ${it.open}`;
    case 'multiple':
      return `multiple ${decimalText(it.of)}`;
    case 'has':
      return hasKey(it.name);
    case 'property':
      return `property ${it.id} ${it.name}`;
    default:
      return JSON.stringify(it);
  }
}

/** The negation of an atom, in the atoms that the theories read. */
export function opposite(formula: Formula & { readonly kind: 'atom' }): Formula {
  const { atom: it, sign } = formula;
  if (it.kind === 'least' && sign) return atom({ kind: 'most', bound: it.bound, open: !it.open }, true);
  if (it.kind === 'most' && sign) return atom({ kind: 'least', bound: it.bound, open: !it.open }, true);
  if (it.kind === 'longer' && sign) return atom({ kind: 'shorter', than: it.than + 1 }, true);
  if (it.kind === 'shorter' && sign) return atom({ kind: 'longer', than: it.than - 1 }, true);
  return { ...formula, sign: !sign };
}

/**
 * A node as an assumption about values of one type: that they are valid under it (sign) or that they are not. The scope of `unevaluated…`
 * depends on the value. An assumption that it holds takes the maximum that can be evaluated, one that it fails the minimum.
 */
export function openNode(nodes: (id: NodeId) => Node, id: NodeId, type: JsonType, sign: boolean): Formula {
  const node = nodes(id);
  if (node.always !== undefined) return node.always === sign ? truth : falsehood;
  if (node.hasRefSiblings === true && node.ref !== undefined && sign) return nodeFormula(node.ref, true);
  const parts = [...partsOf(nodes, node, type, sign)];
  return sign ? { kind: 'and', all: parts } : { kind: 'or', any: parts };
}

/** The constraints of a node, each already signed: joined by «and» when the sign is true, by «or» when it is false. */
function* partsOf(
  nodes: (id: NodeId) => Node,
  node: Node,
  type: JsonType,
  sign: boolean,
): Generator<Formula> {
  if (node.types !== undefined) yield node.types.has(type) === sign ? truth : falsehood;
  if (node.opaque !== undefined) yield truth;
  if (node.ref !== undefined) yield nodeFormula(node.ref, sign);
  if (node.values !== undefined) yield atom({ kind: 'values', values: node.values }, sign);
  switch (type) {
    case 'number':
      yield* numberParts(node, sign);
      break;
    case 'string':
      yield* stringParts(node, sign);
      break;
    case 'array':
      yield* arrayParts(nodes, node, sign);
      break;
    case 'object':
      yield* objectParts(nodes, node, sign);
      break;
    default:
  }
  yield* combinationParts(node, sign);
}

const whole: Decimal = { units: 1n, scale: 0 };

function* numberParts(node: Node, sign: boolean): Generator<Formula> {
  const least = (bound: Decimal, open: boolean): Formula =>
    sign ? atom({ kind: 'least', bound, open }, true) : atom({ kind: 'most', bound, open: !open }, true);
  const most = (bound: Decimal, open: boolean): Formula =>
    sign ? atom({ kind: 'most', bound, open }, true) : atom({ kind: 'least', bound, open: !open }, true);
  if (node.whole === true) yield atom({ kind: 'multiple', of: whole }, sign);
  if (node.minimum !== undefined) yield least(node.minimum, false);
  if (node.above !== undefined) yield least(node.above, true);
  if (node.maximum !== undefined) yield most(node.maximum, false);
  if (node.below !== undefined) yield most(node.below, true);
  if (node.multipleOf !== undefined) yield atom({ kind: 'multiple', of: node.multipleOf }, sign);
}

/** Counts: at least n, at most n. `longer than n-1` and `shorter than n+1`, so that negation uses the same two atoms. */
function sized(min: number | undefined, max: number | undefined, sign: boolean): Formula[] {
  const parts: Formula[] = [];
  if (min !== undefined)
    parts.push(
      sign ? atom({ kind: 'longer', than: min - 1 }, true) : atom({ kind: 'shorter', than: min }, true),
    );
  if (max !== undefined)
    parts.push(
      sign ? atom({ kind: 'shorter', than: max + 1 }, true) : atom({ kind: 'longer', than: max }, true),
    );
  return parts;
}

function* stringParts(node: Node, sign: boolean): Generator<Formula> {
  yield* sized(node.minLength, node.maxLength, sign);
  if (node.pattern !== undefined) yield atom({ kind: 'pattern', source: node.pattern }, sign);
  if (node.format !== undefined) yield atom({ kind: 'format', name: node.format }, sign);
  if (node.code !== undefined) yield atom({ kind: 'code', code: node.code }, sign);
}

function* arrayParts(nodes: (id: NodeId) => Node, node: Node, sign: boolean): Generator<Formula> {
  yield* sized(node.minItems, node.maxItems, sign);
  const prefix = node.prefix ?? [];
  for (const [index, id] of prefix.entries()) yield atom({ kind: 'item', index, id }, sign);
  if (node.items !== undefined) yield atom({ kind: 'rest', start: prefix.length, id: node.items }, sign);
  if (node.unique === true) yield atom({ kind: 'unique' }, sign);
  if (node.contains !== undefined) {
    const { contains: id, minContains = 1, maxContains } = node;
    const least = atom({ kind: 'containsLeast', id, count: minContains }, sign);
    // with prefixItems, Ajv 8 accepts the empty array: an assumption must allow for it
    const orEmpty: Formula = { kind: 'or', any: [atom({ kind: 'shorter', than: 1 }, true), least] };
    if (minContains > 0) yield sign && prefix.length > 0 ? orEmpty : least;
    if (maxContains !== undefined) yield atom({ kind: 'containsMost', id, count: maxContains }, sign);
  }
  if (node.unevaluatedItems !== undefined) {
    const start = evaluatedItems(nodes, node, sign);
    if (start !== undefined) yield atom({ kind: 'rest', start, id: node.unevaluatedItems }, sign);
  }
}

function* objectParts(nodes: (id: NodeId) => Node, node: Node, sign: boolean): Generator<Formula> {
  yield* sized(node.minProperties, node.maxProperties, sign);
  for (const name of node.required ?? []) yield has(name, sign);
  for (const [name, id] of node.properties ?? []) yield atom({ kind: 'property', name, id }, sign);
  for (const [source, id] of node.patterns ?? []) yield atom({ kind: 'matching', source, id }, sign);
  const names = [...(node.properties?.keys() ?? [])];
  const sources = (node.patterns ?? []).map(([source]) => source);
  if (node.additional !== undefined)
    yield atom({ kind: 'others', names, sources, id: node.additional }, sign);
  if (node.names !== undefined) yield atom({ kind: 'names', id: node.names }, sign);
  yield* dependentParts(node, sign);
  if (node.unevaluatedProperties !== undefined) {
    const seen = evaluatedNames(nodes, node, sign);
    if (seen !== undefined) yield atom({ kind: 'others', ...seen, id: node.unevaluatedProperties }, sign);
  }
}

/** What follows from the presence of a member: other members, or a schema. */
function* dependentParts(node: Node, sign: boolean): Generator<Formula> {
  for (const [name, others] of node.dependentRequired ?? []) {
    const all = others.map((other) => has(other, sign));
    yield sign
      ? { kind: 'or', any: [has(name, false), { kind: 'and', all }] }
      : { kind: 'and', all: [has(name, true), { kind: 'or', any: all }] };
  }
  for (const [name, id] of node.dependentSchemas ?? []) {
    yield sign
      ? { kind: 'or', any: [has(name, false), nodeFormula(id, true)] }
      : { kind: 'and', all: [has(name, true), nodeFormula(id, false)] };
  }
}

function has(name: string, sign: boolean): Formula {
  return atom({ kind: 'has', name }, sign);
}

function* combinationParts(node: Node, sign: boolean): Generator<Formula> {
  for (const id of node.allOf ?? []) yield nodeFormula(id, sign);
  const joined = (ids: readonly NodeId[]): Formula =>
    sign
      ? { kind: 'or', any: ids.map((id) => nodeFormula(id, true)) }
      : { kind: 'and', all: ids.map((id) => nodeFormula(id, false)) };
  if (node.anyOf !== undefined) yield joined(node.anyOf);
  if (node.oneOf !== undefined)
    yield sign ? oneOf(node.oneOf) : { kind: 'or', any: [joined(node.oneOf), ...pairsOf(node.oneOf)] };
  if (node.not !== undefined) yield nodeFormula(node.not, !sign);
  if (node.condition !== undefined) yield condition(node, node.condition, sign);
}

/** One branch holds and each other one does not; the latter is stored only for comparison by number. */
function oneOf(ids: readonly NodeId[]): Formula {
  const others = (chosen: number): Formula[] =>
    ids
      .filter((_, index) => index !== chosen)
      .map((id): Formula => ({ kind: 'node', id, sign: false, weak: true }));
  return {
    kind: 'or',
    any: ids.map((id, index): Formula => ({ kind: 'and', all: [nodeFormula(id, true), ...others(index)] })),
  };
}

function pairsOf(ids: readonly NodeId[]): Formula[] {
  return ids.flatMap((first, index) =>
    ids.slice(index + 1).map((second): Formula => ({ kind: 'both', ids: [first, second] })),
  );
}

function condition(node: Node, id: NodeId, sign: boolean): Formula {
  const branch = (holds: boolean, target: NodeId | undefined): Formula => ({
    kind: 'and',
    all: [
      nodeFormula(id, holds),
      ...(target === undefined ? (sign ? [] : [falsehood]) : [nodeFormula(target, sign)]),
    ],
  });
  return { kind: 'or', any: [branch(true, node.then), branch(false, node.otherwise)] };
}
