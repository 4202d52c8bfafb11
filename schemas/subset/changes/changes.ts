/** Some members of a node taken as one constraint. */
import { pointerTo } from '../../jsonSchema.ts';
import type { Node, NodeId } from '../node.ts';
import { only, textOf } from '../nodeParts.ts';
import type { ChangeCode } from '../reasons.ts';
import type { Listing, Pair } from './listing.ts';

/** Some members of a node taken as one constraint. */
function compareParts(
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

/** Items, positions, and `contains` constraints. */
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

/** Alternatives and conditions. */
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

/** Pairs removed with added branches by their order. */
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

/** Fields: added, removed, required; constraints on further fields; names and dependencies. */
export function compareObjects(list: Listing, pair: Pair, old: Node, fresh: Node, open: Pair[]): void {
  const base = pointerTo(pair.path, 'properties');
  const names = new Set([...(old.properties?.keys() ?? []), ...(fresh.properties?.keys() ?? [])]);
  for (const name of names) {
    const was = old.properties?.get(name);
    const is = fresh.properties?.get(name);
    const path = pointerTo(base, name);
    if (was !== undefined && is !== undefined) open.push({ old: was, fresh: is, path });
    else {
      const code = is === undefined ? 'property_removed' : 'property_added';
      list.add(pair, path, code, memberRule(list, fresh, name), memberRule(list, old, name), { name });
    }
  }
  compareRequired(list, pair, old, fresh);
  compareAdditional(list, pair, old, fresh);
  const patterns = [old.patterns, fresh.patterns].map((list) => JSON.stringify(list ?? []));
  if (patterns[0] !== patterns[1]) {
    const rule = (node: Node): NodeId => list.make(only(node, ['patterns']));
    list.add(
      pair,
      pointerTo(pair.path, 'patternProperties'),
      'additional_changed',
      rule(fresh),
      rule(old),
      {},
    );
  }
  compareParts(list, pair, old, fresh, ['names'], 'propertyNames', 'names_changed');
  compareParts(list, pair, old, fresh, ['dependentRequired'], 'dependentRequired', 'dependency_changed');
  compareParts(list, pair, old, fresh, ['dependentSchemas'], 'dependentSchemas', 'dependency_changed');
}

/** The constraint of a node on one member, alone. */
function memberRule(list: Listing, node: Node, name: string): NodeId {
  const own = node.properties?.get(name);
  const matched = (node.patterns ?? []).some(([source]) => new RegExp(source, 'u').test(name));
  const others = node.additional ?? node.unevaluatedProperties;
  const id = own ?? (matched || others === undefined ? undefined : others);
  return list.make(id === undefined ? {} : { properties: new Map([[name, id]]) });
}

function compareRequired(list: Listing, pair: Pair, old: Node, fresh: Node): void {
  const was = new Set(old.required ?? []);
  const is = new Set(fresh.required ?? []);
  for (const name of new Set([...was, ...is])) {
    if (was.has(name) && is.has(name)) continue;
    const rule = list.make({ required: [name] });
    const path = pointerTo(pointerTo(pair.path, 'required'), name);
    if (is.has(name)) list.add(pair, path, 'required_added', rule, undefined, { name });
    else list.add(pair, path, 'required_removed', undefined, rule, { name });
  }
}

function compareAdditional(list: Listing, pair: Pair, old: Node, fresh: Node): void {
  for (const key of ['additional', 'unevaluatedProperties'] as const) {
    const was = old[key];
    const is = fresh[key];
    if (was === is) continue;
    const closed = (id: NodeId | undefined): boolean => id !== undefined && list.node(id).always === false;
    const code = closed(is)
      ? 'object_closed'
      : closed(was) && (is === undefined || list.node(is).always === true)
        ? 'object_opened'
        : 'additional_changed';
    const rule = (node: Node): NodeId | undefined =>
      node[key] === undefined
        ? undefined
        : list.make(only(node, ['properties', 'patterns', key, 'allOf', 'ref']));
    list.add(
      pair,
      pointerTo(pair.path, key === 'additional' ? 'additionalProperties' : key),
      code,
      rule(fresh),
      rule(old),
      {},
    );
  }
}
