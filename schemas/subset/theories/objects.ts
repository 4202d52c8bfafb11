/** Objects: constraints on each name's value, the possible names, and their number. */
import { evaluate } from '../evaluate.ts';
import type { Facts } from '../facts.ts';
import type { NodeId } from '../node.ts';
import { sizeRange } from './sizes.ts';
import { isEmpty, type Context, type Theory } from './theory.ts';

export const noObject: Theory = (facts, context) => {
  if (contradictsPresence(facts, context)) return true;
  const { min, max } = sizeRange(facts);
  if (min > max) return true;
  if (!facts.denies && min === 0 && max === Infinity) return false;
  const known = new Members(facts, context);
  if (facts.atoms('others', false).some(({ names, sources, id }) => known.everyOther(names, sources, id)))
    return true;
  if (facts.atoms('matching', false).some(({ source, id }) => known.everyMatch(source, id))) return true;
  if (facts.atoms('names', false).some(({ id }) => known.everyName(id))) return true;
  return known.least() > max || (min > 0 && known.most() < min);
};

/** A member is both present and absent, or its value or its name is impossible. */
function contradictsPresence(facts: Facts, context: Context): boolean {
  for (const name of facts.touched ?? facts.named()) {
    const breaks = facts.breaks(name);
    const presence = facts.presence(name);
    if (presence === false && breaks.length > 0) return true;
    if (presence !== true) continue;
    if (context.implies(valueOf(facts, name), breaks) || nameIsImpossible(facts, context, name)) return true;
  }
  return false;
}

function nameIsImpossible(facts: Facts, context: Context, name: string): boolean {
  return facts.atoms('names', true).some(({ id }) => evaluate(context.node, id, name) === false);
}

/** The schemas that the value of a name is known to meet. */
function valueOf(facts: Facts, name: string): NodeId[] {
  const ids: NodeId[] = [...facts.meets(name)];
  for (const one of facts.atoms('matching', true)) if (matches(one.source, name)) ids.push(one.id);
  for (const { names, sources, id } of facts.atoms('others', true)) {
    if (!setOf(names).has(name) && !sources.some((source) => matches(source, name))) ids.push(id);
  }
  return ids;
}

/** Maximum number of patterns: every combination is tried for names that no keyword spells out; beyond it, nothing is concluded. */
const maxPatterns = 6;

/** Names that no positive fact spells out, by the patterns they match, with the schemas that their values meet. */
interface Unnamed {
  readonly matched: ReadonlySet<string>;
  readonly values: readonly NodeId[];
}

class Members {
  private readonly facts: Facts;
  private readonly context: Context;
  /** names that some fact spells out */
  private readonly named: ReadonlySet<string>;

  constructor(facts: Facts, context: Context) {
    this.facts = facts;
    this.context = context;
    const named = facts.named();
    for (const { names } of [...facts.atoms('others', true), ...facts.atoms('others', false)])
      for (const name of names) named.add(name);
    this.named = named;
  }

  /** Whether every name outside a list and outside patterns has a value under `id` (or is impossible). */
  everyOther(names: readonly string[], sources: readonly string[], id: NodeId): boolean {
    return this.everyMember(
      (name) => !setOf(names).has(name) && !sources.some((source) => matches(source, name)),
      (matched) => !sources.some((source) => matched.has(source)),
      sources,
      id,
    );
  }

  /** Whether every name that matches a pattern has a value under `id` (or is impossible). */
  everyMatch(source: string, id: NodeId): boolean {
    return this.everyMember(
      (name) => matches(source, name),
      (matched) => matched.has(source),
      [source],
      id,
    );
  }

  /** Whether every possible name is a text under `id`. */
  everyName(id: NodeId): boolean {
    for (const name of this.named) {
      if (this.canBePresent(name) && evaluate(this.context.node, id, name) !== true) return false;
    }
    const allowed = this.allowedNames();
    if (this.context.implies(allowed, [id])) return true;
    const kinds = this.unnamed([]);
    return (
      kinds !== undefined &&
      kinds.every(({ matched, values }) => {
        const texts = [...matched].map((source) => this.context.intern({ pattern: source }));
        return isEmpty(this.context, values) || this.context.implies([...allowed, ...texts], [id]);
      })
    );
  }

  /** Minimum number of members. */
  least(): number {
    return [...this.named].filter((name) => this.facts.presence(name) === true).length;
  }

  /** Maximum number of members. */
  most(): number {
    const open = this.unnamed([])?.some(({ values }) => !isEmpty(this.context, values)) ?? true;
    return open ? Infinity : [...this.named].filter((name) => this.canBePresent(name)).length;
  }

  private everyMember(
    concerned: (name: string) => boolean,
    concernedUnnamed: (matched: ReadonlySet<string>) => boolean,
    sources: readonly string[],
    id: NodeId,
  ): boolean {
    const kinds = this.unnamed(sources);
    if (
      kinds?.every(
        ({ matched, values }) => !concernedUnnamed(matched) || this.context.implies(values, [id]),
      ) !== true
    )
      return false;
    for (const name of this.named) {
      if (
        !concerned(name) ||
        this.facts.presence(name) === false ||
        nameIsImpossible(this.facts, this.context, name)
      )
        continue;
      if (!this.context.implies(valueOf(this.facts, name), [id])) return false;
    }
    return true;
  }

  private canBePresent(name: string): boolean {
    return (
      this.facts.presence(name) !== false &&
      !nameIsImpossible(this.facts, this.context, name) &&
      !isEmpty(this.context, valueOf(this.facts, name))
    );
  }

  /** One entry for each combination of patterns; undefined when there are too many patterns to try. */
  private unnamed(more: readonly string[]): Unnamed[] | undefined {
    const others = this.facts.atoms('others', true);
    const matching = this.facts.atoms('matching', true);
    const list = [
      ...new Set([
        ...more,
        ...matching.map(({ source }) => source),
        ...others.flatMap(({ sources }) => sources),
      ]),
    ];
    if (list.length > maxPatterns) return undefined;
    if (isEmpty(this.context, this.allowedNames())) return [];
    return Array.from({ length: 2 ** list.length }, (_, bits) => {
      const matched = new Set(list.filter((_source, place) => (bits >> place) % 2 === 1));
      const values = [
        ...matching.filter(({ source }) => matched.has(source)).map(({ id }) => id),
        ...others.filter(({ sources }) => !sources.some((source) => matched.has(source))).map(({ id }) => id),
      ];
      return { matched, values };
    });
  }

  /** Constraints on every name: a text, and those of propertyNames. */
  private allowedNames(): NodeId[] {
    return [
      this.context.intern({ types: new Set(['string']) }),
      ...this.facts.atoms('names', true).map(({ id }) => id),
    ];
  }
}

function matches(source: string, name: string): boolean {
  return new RegExp(source, 'u').test(name);
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

function setOf(names: readonly string[]): ReadonlySet<string> {
  const known = sets.get(names) ?? new Set(names);
  sets.set(names, known);
  return known;
}
