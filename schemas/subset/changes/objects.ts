/** Fields: added, removed, required; what further fields must be; names and dependencies. */
import { pointerTo } from '../../jsonSchema.ts';
import type { Node, NodeId } from '../node.ts';
import { only } from '../nodeParts.ts';
import type { Listing, Pair } from './listing.ts';
import { compareParts } from './parts.ts';

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

/** What a node says of one member, alone. */
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
