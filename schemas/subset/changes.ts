/**
 * Where two schemas differ, for people: each change with its place, what it was and is, and whether it keeps old data valid (backward)
 * and new data readable (forward). The verdict of a change is a proof about its own constraint alone; since a schema is the
 * conjunction of its constraints, the verdicts of all changes together say what the whole proof says, or less.
 */
import { isSchemaObject, pointerTo } from '../jsonSchema.ts';
import { canonicalText } from '../canonicalText.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { decimalText, compareDecimal, type Decimal } from '../../terms/decimal.ts';
import { TooComplex } from './fault.ts';
import type { Node, NodeId } from './node.ts';
import type { Prover } from './prove.ts';
import { reasonFor, type ChangeCode } from './reasons.ts';
import type { Universe } from './universe.ts';

export interface Change {
  /** JSON pointer into the new schema, or into the old one where the place is gone; references followed */
  readonly path: string;
  readonly code: ChangeCode;
  /** old data stays valid */
  readonly backward: boolean;
  /** data valid under the new schema is valid under the old one */
  readonly forward: boolean;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly reason: Bilingual;
}

interface Pair {
  readonly old: NodeId;
  readonly fresh: NodeId;
  readonly path: string;
}

const mostChanges = 500;

/** Lists the changes between two nodes of one universe. */
export class ChangeList {
  readonly changes: Change[] = [];
  readonly #universe: Universe;
  readonly #prover: Prover;
  readonly #seen = new Set<string>();

  constructor(universe: Universe, prover: Prover) {
    this.#universe = universe;
    this.#prover = prover;
  }

  /** Compares two nodes and what lies below them. */
  compare(pair: Pair): void {
    const open: Pair[] = [pair];
    for (
      let next = open.shift();
      next !== undefined && this.changes.length < mostChanges;
      next = open.shift()
    ) {
      const key = `${next.old} ${next.fresh}`;
      if (next.old === next.fresh || this.#seen.has(key)) continue;
      this.#seen.add(key);
      this.#compareOne(next, open);
    }
  }

  #compareOne(pair: Pair, open: Pair[]): void {
    const old = this.#opened(pair.old);
    const fresh = this.#opened(pair.fresh);
    if (old.always !== undefined || fresh.always !== undefined) {
      const code = fresh.always === true && old.always === undefined ? 'object_opened' : 'schema_changed';
      this.#add(pair, pair.path, code, pair.fresh, pair.old, {});
      return;
    }
    this.#types(pair, old, fresh);
    this.#values(pair, old, fresh);
    this.#bounds(pair, old, fresh);
    this.#texts(pair, old, fresh);
    this.#objects(pair, old, fresh, open);
    this.#arrays(pair, old, fresh, open);
    this.#branches(pair, old, fresh, open);
    this.#rest(pair, old, fresh);
  }

  /** A node whose only constraint is one other node in place is that node. */
  #opened(id: NodeId): Node {
    let node = this.#universe.node(id);
    for (let steps = 0; steps < 50; steps += 1) {
      const { hint: _hint, besideRef: _beside, ...own } = node;
      const only =
        Object.keys(own).length === 1
          ? (own.ref ?? (own.allOf?.length === 1 ? own.allOf[0] : undefined))
          : undefined;
      if (only === undefined) break;
      node = this.#universe.node(only);
    }
    return node;
  }

  /**
   * Adds a change. `newRule` and `oldRule` are the constraint alone as it is and as it was; undefined where there is none.
   */
  #add(
    pair: Pair,
    path: string,
    code: ChangeCode,
    newRule: NodeId | undefined,
    oldRule: NodeId | undefined,
    facts: Readonly<Record<string, string>>,
    values: { readonly from?: unknown; readonly to?: unknown } = {},
  ): void {
    if (this.changes.length >= mostChanges) return;
    const backward = newRule === undefined || this.#proves(pair.old, newRule);
    const forward = oldRule === undefined || this.#proves(pair.fresh, oldRule);
    this.changes.push({
      path,
      code,
      backward,
      forward,
      ...values,
      reason: reasonFor(code === 'property_added' && !backward ? 'property_added_open' : code, facts),
    });
  }

  #proves(left: NodeId, right: NodeId): boolean {
    try {
      return this.#prover.implies([left], [right]);
    } catch (error) {
      if (error instanceof TooComplex) return false;
      throw error;
    }
  }

  #make(node: Node): NodeId {
    return this.#universe.intern(node);
  }

  #types(pair: Pair, old: Node, fresh: Node): void {
    const from = typeNames(old);
    const to = typeNames(fresh);
    if (from.join() === to.join()) return;
    const rule = ({ types, whole }: Node): NodeId | undefined =>
      types === undefined ? undefined : this.#make({ types, ...(whole === true ? { whole } : {}) });
    const lost = from.filter((type) => !to.includes(type) && !(type === 'integer' && to.includes('number')));
    const gained = to.filter(
      (type) => !from.includes(type) && !(type === 'integer' && from.includes('number')),
    );
    const code = lost.length === 0 ? 'type_widened' : gained.length === 0 ? 'type_narrowed' : 'type_changed';
    const facts = {
      from: from.join('/'),
      to: to.join('/'),
      values: (code === 'type_widened' ? gained : lost).join('、'),
    };
    this.#add(pair, pointerTo(pair.path, 'type'), code, rule(fresh), rule(old), facts, { from, to });
  }

  #values(pair: Pair, old: Node, fresh: Node): void {
    const from = old.values;
    const to = fresh.values;
    if (canonicalText(sorted(from)) === canonicalText(sorted(to))) return;
    const missing = (
      some: readonly unknown[] | undefined,
      others: readonly unknown[] | undefined,
    ): string[] => {
      const texts = new Set((others ?? []).map(canonicalText));
      return (some ?? []).map(canonicalText).filter((text) => !texts.has(text));
    };
    const added = missing(to, from);
    const removed = missing(from, to);
    const code =
      from === undefined || to === undefined
        ? 'values_changed'
        : removed.length === 0
          ? 'values_added'
          : added.length === 0
            ? 'values_removed'
            : 'values_changed';
    const show = (list: readonly string[]): string =>
      `${list.slice(0, 8).join(', ')}${list.length > 8 ? ` … (${list.length})` : ''}`;
    const facts = {
      values: show(code === 'values_removed' ? removed : added),
      from: from === undefined ? '—' : show(from.map(canonicalText)),
      to: to === undefined ? '—' : show(to.map(canonicalText)),
    };
    const rule = (values: readonly unknown[] | undefined): NodeId | undefined =>
      values === undefined ? undefined : this.#make({ values });
    this.#add(pair, pointerTo(pair.path, 'enum'), code, rule(to), rule(from), facts, {
      ...given('from', from),
      ...given('to', to),
    });
  }

  #bounds(pair: Pair, old: Node, fresh: Node): void {
    for (const [key, keyword] of counted) {
      const from = old[key];
      const to = fresh[key];
      if (from === to) continue;
      this.#bound(
        pair,
        keyword,
        from,
        to,
        (value) => this.#make({ [key]: value }),
        (a, b) => a - b,
        String,
      );
    }
    for (const [key, keyword] of measured) {
      const from = old[key];
      const to = fresh[key];
      if (from !== undefined && to !== undefined && compareDecimal(from, to) === 0) continue;
      if (from === to) continue;
      this.#bound(
        pair,
        keyword,
        from,
        to,
        (value) => this.#make({ [key]: value }),
        compareDecimal,
        decimalText,
      );
    }
  }

  #bound<T>(
    pair: Pair,
    keyword: string,
    from: T | undefined,
    to: T | undefined,
    rule: (value: T) => NodeId,
    compare: (a: T, b: T) => number,
    text: (value: T) => string,
  ): void {
    const code: ChangeCode =
      from === undefined
        ? 'bound_added'
        : to === undefined
          ? 'bound_removed'
          : keyword === 'multipleOf'
            ? 'multiple_changed'
            : compare(to, from) > 0
              ? 'bound_raised'
              : 'bound_lowered';
    const facts = {
      keyword,
      from: from === undefined ? '—' : text(from),
      to: to === undefined ? '—' : text(to),
    };
    const values = {
      ...given('from', from === undefined ? undefined : Number(facts.from)),
      ...given('to', to === undefined ? undefined : Number(facts.to)),
    };
    const newRule = to === undefined ? undefined : rule(to);
    const oldRule = from === undefined ? undefined : rule(from);
    this.#add(pair, pointerTo(pair.path, keyword), code, newRule, oldRule, facts, values);
  }

  #texts(pair: Pair, old: Node, fresh: Node): void {
    for (const key of ['pattern', 'format'] as const) {
      const from = old[key];
      const to = fresh[key];
      if (from === to) continue;
      const code: ChangeCode = `${key}_${from === undefined ? 'added' : to === undefined ? 'removed' : 'changed'}`;
      const rule = (value: string | undefined): NodeId | undefined =>
        value === undefined ? undefined : this.#make({ [key]: value });
      const values = { ...given('from', from), ...given('to', to) };
      this.#add(
        pair,
        pointerTo(pair.path, key),
        code,
        rule(to),
        rule(from),
        { from: from ?? '—', to: to ?? '—' },
        values,
      );
    }
    if (canonicalText(old.code ?? null) === canonicalText(fresh.code ?? null)) return;
    const rule = ({ code }: Node): NodeId | undefined =>
      code === undefined ? undefined : this.#make({ code });
    const values = { ...given('from', old.code?.list), ...given('to', fresh.code?.list) };
    this.#add(pair, pointerTo(pair.path, 'x-code'), 'code_changed', rule(fresh), rule(old), {}, values);
  }

  #objects(pair: Pair, old: Node, fresh: Node, open: Pair[]): void {
    const base = pointerTo(pair.path, 'properties');
    const names = new Set([...(old.properties?.keys() ?? []), ...(fresh.properties?.keys() ?? [])]);
    for (const name of names) {
      const was = old.properties?.get(name);
      const is = fresh.properties?.get(name);
      const path = pointerTo(base, name);
      if (was !== undefined && is !== undefined) open.push({ old: was, fresh: is, path });
      else {
        const code = is === undefined ? 'property_removed' : 'property_added';
        this.#add(pair, path, code, this.#member(fresh, name), this.#member(old, name), { name });
      }
    }
    this.#required(pair, old, fresh);
    this.#additional(pair, old, fresh);
    const patterns = [old.patterns, fresh.patterns].map((list) => JSON.stringify(list ?? []));
    if (patterns[0] !== patterns[1]) {
      const rule = (node: Node): NodeId => this.#make(only(node, ['patterns']));
      this.#add(
        pair,
        pointerTo(pair.path, 'patternProperties'),
        'additional_changed',
        rule(fresh),
        rule(old),
        {},
      );
    }
    this.#single(pair, old, fresh, ['names'], 'propertyNames', 'names_changed');
    this.#single(pair, old, fresh, ['dependentRequired'], 'dependentRequired', 'dependency_changed');
    this.#single(pair, old, fresh, ['dependentSchemas'], 'dependentSchemas', 'dependency_changed');
  }

  /** What a node says of one member, alone. */
  #member(node: Node, name: string): NodeId {
    const own = node.properties?.get(name);
    const matched = (node.patterns ?? []).some(([source]) => new RegExp(source, 'u').test(name));
    const others = node.additional ?? node.unevaluatedProperties;
    const id = own ?? (matched || others === undefined ? undefined : others);
    return this.#make(id === undefined ? {} : { properties: new Map([[name, id]]) });
  }

  #required(pair: Pair, old: Node, fresh: Node): void {
    const was = new Set(old.required ?? []);
    const is = new Set(fresh.required ?? []);
    for (const name of new Set([...was, ...is])) {
      if (was.has(name) && is.has(name)) continue;
      const rule = this.#make({ required: [name] });
      const path = pointerTo(pointerTo(pair.path, 'required'), name);
      if (is.has(name)) this.#add(pair, path, 'required_added', rule, undefined, { name });
      else this.#add(pair, path, 'required_removed', undefined, rule, { name });
    }
  }

  #additional(pair: Pair, old: Node, fresh: Node): void {
    for (const key of ['additional', 'unevaluatedProperties'] as const) {
      const was = old[key];
      const is = fresh[key];
      if (was === is) continue;
      const closed = (id: NodeId | undefined): boolean =>
        id !== undefined && this.#universe.node(id).always === false;
      const code = closed(is)
        ? 'object_closed'
        : closed(was) && (is === undefined || this.#universe.node(is).always === true)
          ? 'object_opened'
          : 'additional_changed';
      const rule = (node: Node): NodeId | undefined =>
        node[key] === undefined
          ? undefined
          : this.#make(only(node, ['properties', 'patterns', key, 'allOf', 'ref']));
      this.#add(
        pair,
        pointerTo(pair.path, key === 'additional' ? 'additionalProperties' : key),
        code,
        rule(fresh),
        rule(old),
        {},
      );
    }
  }

  #arrays(pair: Pair, old: Node, fresh: Node, open: Pair[]): void {
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
      this.#single(pair, old, fresh, ['prefix', 'items'], 'items', 'items_changed');
    if (old.unique !== fresh.unique) {
      const code = fresh.unique === true ? 'unique_added' : 'unique_removed';
      const rule = (node: Node): NodeId | undefined =>
        node.unique === true ? this.#make({ unique: true }) : undefined;
      this.#add(pair, pointerTo(pair.path, 'uniqueItems'), code, rule(fresh), rule(old), {});
    }
    this.#single(
      pair,
      old,
      fresh,
      ['contains', 'minContains', 'maxContains'],
      'contains',
      'contains_changed',
    );
    this.#single(pair, old, fresh, ['unevaluatedItems'], 'unevaluatedItems', 'items_changed');
  }

  /** Some members of a node taken as one constraint. */
  #single(
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
      Object.keys(node).length === 0 ? undefined : this.#make(node);
    this.#add(pair, pointerTo(pair.path, keyword), code, rule(is), rule(was), { keyword });
  }

  #branches(pair: Pair, old: Node, fresh: Node, open: Pair[]): void {
    for (const keyword of ['anyOf', 'oneOf', 'allOf'] as const) {
      const was = old[keyword] ?? [];
      const is = fresh[keyword] ?? [];
      const gone = was.filter((id) => !is.includes(id));
      const come = is.filter((id) => !was.includes(id));
      if (gone.length === 0 && come.length === 0) continue;
      const path = pointerTo(pair.path, keyword);
      const rule = (list: readonly NodeId[]): NodeId | undefined =>
        list.length === 0 ? undefined : this.#make({ [keyword]: list });
      if (keyword === 'allOf' || was.length === 0 || is.length === 0) {
        this.#add(pair, path, 'branches_changed', rule(is), rule(was), { keyword });
        continue;
      }
      this.#matched(pair, path, gone, come, open, rule(is), rule(was), keyword === 'oneOf');
    }
  }

  /** Branches that are gone and branches that have come are paired by the first place in which both differ least: their order. */
  #matched(
    pair: Pair,
    path: string,
    gone: readonly NodeId[],
    come: readonly NodeId[],
    open: Pair[],
    is: NodeId | undefined,
    was: NodeId | undefined,
    exclusive: boolean,
  ): void {
    const fresh = this.#opened(pair.fresh)[exclusive ? 'oneOf' : 'anyOf'] ?? [];
    const old = this.#opened(pair.old)[exclusive ? 'oneOf' : 'anyOf'] ?? [];
    const paired = Math.min(gone.length, come.length);
    for (let index = 0; index < paired; index += 1) {
      const [a, b] = [gone[index], come[index]];
      if (a !== undefined && b !== undefined)
        open.push({ old: a, fresh: b, path: pointerTo(path, fresh.indexOf(b)) });
    }
    for (const id of come.slice(paired)) {
      const fits = is === undefined || this.#proves(pair.old, is);
      this.#add(
        pair,
        pointerTo(path, fresh.indexOf(id)),
        exclusive && !fits ? 'branch_may_overlap' : 'branch_added',
        is,
        was,
        {},
      );
    }
    for (const id of gone.slice(paired))
      this.#add(pair, pointerTo(path, old.indexOf(id)), 'branch_removed', is, was, {});
  }

  #rest(pair: Pair, old: Node, fresh: Node): void {
    this.#single(pair, old, fresh, ['not'], 'not', 'condition_changed');
    this.#single(pair, old, fresh, ['condition', 'then', 'otherwise'], 'if', 'condition_changed');
    this.#single(pair, old, fresh, ['ref'], '$ref', 'schema_changed');
    this.#single(pair, old, fresh, ['opaque'], '$dynamicRef', 'schema_changed');
  }
}

const counted = [
  ['minLength', 'minLength'],
  ['maxLength', 'maxLength'],
  ['minItems', 'minItems'],
  ['maxItems', 'maxItems'],
  ['minProperties', 'minProperties'],
  ['maxProperties', 'maxProperties'],
] as const;
const measured = [
  ['minimum', 'minimum'],
  ['maximum', 'maximum'],
  ['above', 'exclusiveMinimum'],
  ['below', 'exclusiveMaximum'],
  ['multipleOf', 'multipleOf'],
] as const satisfies readonly (readonly [keyof Node, string])[];

function typeNames({ types, whole }: Node): string[] {
  if (types === undefined) return ['null', 'boolean', 'number', 'string', 'array', 'object'];
  return [...types].map((type) => (type === 'number' && whole === true ? 'integer' : type)).sort();
}

function sorted(values: readonly unknown[] | undefined): unknown {
  return values === undefined ? null : [...values].map(canonicalText).sort();
}

function given(name: 'from' | 'to', value: unknown): Record<string, unknown> {
  return value === undefined ? {} : { [name]: value };
}

function only(node: Node, keys: readonly (keyof Node)[]): Node {
  return Object.fromEntries(
    Object.entries(node).filter(([key]) => (keys as readonly string[]).includes(key)),
  );
}

function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    one instanceof Map
      ? [...(one as Map<string, unknown>)]
      : isSchemaObject(one) && typeof one['units'] === 'bigint'
        ? decimalText(one as unknown as Decimal)
        : one,
  );
}
