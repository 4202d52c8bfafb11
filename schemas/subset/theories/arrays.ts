/** Arrays: by position, by the items after the known positions, by count. */
import type { Facts } from '../facts.ts';
import type { NodeId } from '../node.ts';
import { sizeRange } from './sizes.ts';
import { isEmpty, type Context, type Theory } from './theory.ts';

export const noArray: Theory = (facts, context) => {
  const known = new Positions(facts, context);
  const { min, max } = known;
  if (min > max) return true;
  if (facts.atoms('unique', false).length > 0 && max <= 1) return true;
  return contradictsItems(facts, known, context) || contradictsCounts(facts, known, context);
};

/** The schemas that apply at each position, and the possible number of items. */
class Positions {
  private readonly items: ReadonlyMap<number, readonly NodeId[]>;
  private readonly rests: readonly { readonly start: number; readonly id: NodeId }[];
  /** from here on all positions are equal */
  readonly alike: number;
  readonly min: number;
  readonly max: number;

  constructor(facts: Facts, context: Context) {
    const items = new Map<number, NodeId[]>();
    for (const { index, id } of facts.atoms('item', true))
      items.set(index, [...(items.get(index) ?? []), id]);
    this.items = items;
    this.rests = facts.atoms('rest', true);
    const requested = [
      ...[...items.keys()].map((index) => index + 1),
      ...this.rests.map(({ start }) => start),
      ...facts.atoms('item', false).map(({ index }) => index + 1),
      ...facts.atoms('rest', false).map(({ start }) => start),
    ];
    this.alike = Math.max(0, ...requested);
    const size = sizeRange(facts);
    let { min, max } = size;
    for (const { index } of facts.atoms('item', false)) min = Math.max(min, index + 1);
    for (const { start } of facts.atoms('rest', false)) min = Math.max(min, start + 1);
    for (const { count } of facts.atoms('containsLeast', true)) min = Math.max(min, count);
    for (const { count } of facts.atoms('containsMost', false)) min = Math.max(min, count + 1);
    if (facts.atoms('unique', false).length > 0) min = Math.max(min, 2);
    this.min = min;
    for (let index = 0; index <= this.alike && index < max; index += 1)
      if (isEmpty(context, this.at(index))) max = index;
    this.max = max;
  }

  at(index: number): NodeId[] {
    return [
      ...(this.items.get(index) ?? []),
      ...this.rests.filter(({ start }) => index >= start).map(({ id }) => id),
    ];
  }

  /** Positions that may be filled, each kind once: the known ones, and one for all after them. */
  *kinds(from = 0): Generator<{ readonly index: number; readonly many: boolean }> {
    for (let index = from; index < this.alike && index < this.max; index += 1) yield { index, many: false };
    const behind = Math.max(from, this.alike);
    if (this.max > behind) yield { index: behind, many: true };
  }
}

/** Whether some item must violate a schema that its position implies. */
function contradictsItems(facts: Facts, known: Positions, context: Context): boolean {
  const broken = new Map<number, NodeId[]>();
  for (const { index, id } of facts.atoms('item', false))
    broken.set(index, [...(broken.get(index) ?? []), id]);
  for (const [index, ids] of broken)
    if (index >= known.max || context.implies(known.at(index), ids)) return true;
  return facts
    .atoms('rest', false)
    .some(({ start, id }) =>
      [...known.kinds(start)].every(({ index }) => context.implies(known.at(index), [id])),
    );
}

function contradictsCounts(facts: Facts, known: Positions, context: Context): boolean {
  const surely = (id: NodeId): number => {
    let count = 0;
    for (let index = 0; index < Math.min(known.min, known.alike); index += 1)
      if (context.implies(known.at(index), [id])) count += 1;
    const behind = known.min - Math.min(known.min, known.alike);
    return behind > 0 && context.implies(known.at(known.alike), [id]) ? count + behind : count;
  };
  const atMost = (id: NodeId): number => {
    let count = 0;
    for (const { index, many } of known.kinds()) {
      if (!isEmpty(context, [...known.at(index), id])) count += many ? known.max - index : 1;
    }
    return count;
  };
  const least = facts.atoms('containsLeast', true);
  const most = facts.atoms('containsMost', true);
  // fewer than `count` items match
  const fewer = facts
    .atoms('containsLeast', false)
    .some(
      ({ id, count }) =>
        surely(id) >= count || least.some((one) => one.count >= count && context.implies([one.id], [id])),
    );
  // more than `count` items match
  const more = facts
    .atoms('containsMost', false)
    .some(
      ({ id, count }) =>
        atMost(id) <= count || most.some((one) => one.count <= count && context.implies([id], [one.id])),
    );
  return (
    fewer ||
    more ||
    least.some(({ id, count }) => atMost(id) < count) ||
    most.some(({ id, count }) => surely(id) > count)
  );
}
