/**
 * Lists the differences between two schemas for people. Each change has its place, the old and the new rule, and two verdicts: old data
 * remain valid (backward), new data are readable (forward). The verdict of a change is a proof about its own constraint alone. Since a
 * schema is the conjunction of its constraints, the verdicts of all changes together equal the whole proof, or are weaker.
 */

import { compareArrays, compareBranches, compareConditions, compareObjects } from './changes/changes.ts';
import type { Change, Listing, Pair } from './changes/listing.ts';
import { compareBounds, compareTexts, compareTypes, compareValues } from './changes/scalars.ts';
import { TooComplex } from './judge.ts';
import type { Node, NodeId } from './node.ts';
import type { Prover } from './prove.ts';
import { reasonFor, type ChangeCode } from './reasons.ts';
import type { Universe } from './universe.ts';

export type { Change } from './changes/listing.ts';

const maxChanges = 500;

/** Lists the changes between two nodes of one universe. */
export class ChangeList implements Listing {
  readonly changes: Change[] = [];
  readonly node: (id: NodeId) => Node;
  readonly make: (node: Node) => NodeId;
  private readonly prover: Prover;
  private readonly seen = new Set<string>();

  constructor(universe: Universe, prover: Prover) {
    this.node = universe.node;
    this.make = universe.intern;
    this.prover = prover;
  }

  /** Compares two nodes and their descendants. */
  compare(pair: Pair): void {
    const open: Pair[] = [pair];
    for (
      let next = open.shift();
      next !== undefined && this.changes.length < maxChanges;
      next = open.shift()
    ) {
      const key = `${next.old} ${next.fresh}`;
      if (next.old === next.fresh || this.seen.has(key)) continue;
      this.seen.add(key);
      this.compareOne(next, open);
    }
  }

  private compareOne(pair: Pair, open: Pair[]): void {
    const old = this.opened(pair.old);
    const fresh = this.opened(pair.fresh);
    if (old.always !== undefined || fresh.always !== undefined) {
      const code = fresh.always === true && old.always === undefined ? 'object_opened' : 'schema_changed';
      this.add(pair, pair.path, code, pair.fresh, pair.old, {});
      return;
    }
    compareTypes(this, pair, old, fresh);
    compareValues(this, pair, old, fresh);
    compareBounds(this, pair, old, fresh);
    compareTexts(this, pair, old, fresh);
    compareObjects(this, pair, old, fresh, open);
    compareArrays(this, pair, old, fresh, open);
    compareBranches(this, pair, old, fresh, open);
    compareConditions(this, pair, old, fresh);
  }

  /** A node whose only constraint is one other node in place is that node. */
  opened(id: NodeId): Node {
    let node = this.node(id);
    for (let steps = 0; steps < 50; steps += 1) {
      const { hint: _hint, hasRefSiblings: _beside, ...own } = node;
      const only =
        Object.keys(own).length === 1
          ? (own.ref ?? (own.allOf?.length === 1 ? own.allOf[0] : undefined))
          : undefined;
      if (only === undefined) break;
      node = this.node(only);
    }
    return node;
  }

  /** Adds a change. `newRule` and `oldRule` are the new and the old constraint alone; undefined where there is none. */
  add(
    pair: Pair,
    path: string,
    code: ChangeCode,
    newRule: NodeId | undefined,
    oldRule: NodeId | undefined,
    facts: Readonly<Record<string, string>>,
    values: { readonly from?: unknown; readonly to?: unknown } = {},
  ): void {
    if (this.changes.length >= maxChanges) return;
    const backward = newRule === undefined || this.proves(pair.old, newRule);
    const forward = oldRule === undefined || this.proves(pair.fresh, oldRule);
    this.changes.push({
      path,
      code,
      backward,
      forward,
      ...values,
      reason: reasonFor(code === 'property_added' && !backward ? 'property_added_open' : code, facts),
    });
  }

  proves(left: NodeId, right: NodeId): boolean {
    try {
      return this.prover.implies([left], [right]);
    } catch (error) {
      if (error instanceof TooComplex) return false;
      throw error;
    }
  }
}
