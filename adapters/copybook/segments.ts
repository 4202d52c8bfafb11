/** Parent and child records: each child's group becomes an entry of a list inside the record before it. */
import type { RowProblem } from '../../terms/rowProblem.ts';
import { recordProblem } from '../rowRules.ts';
import type { Cell, CellGroup, TreeBuilder } from '../reader.ts';
import { deliver } from './deliver.ts';
import { normal } from './fieldNames.ts';

export interface SegmentRecord {
  readonly number: number;
  readonly record: CellGroup;
  readonly problems: readonly RowProblem[];
  /** group of the record, '' for one that options do not name */
  readonly segment: string;
}

interface Open {
  readonly number: number;
  readonly record: CellGroup;
  readonly problems: RowProblem[];
}

export class SegmentTrees {
  private readonly parentOf = new Map<string, string>();
  private readonly nameOf: (group: string) => string;
  private root: Open | undefined;
  /** the group that children of a segment go into */
  private readonly open = new Map<string, Record<string, Cell>>();

  constructor(children: Readonly<Record<string, readonly string[]>>, nameOf: (group: string) => string) {
    this.nameOf = nameOf;
    for (const [parent, names] of Object.entries(children))
      for (const child of names) this.parentOf.set(normal(child), normal(parent));
  }

  add(batch: TreeBuilder, one: SegmentRecord): void {
    const segment = normal(one.segment);
    const parent = this.parentOf.get(segment);
    const group = one.segment === '' ? undefined : one.record[this.nameOf(one.segment)];
    if (parent === undefined) {
      this.finish(batch);
      this.root = { number: one.number, record: one.record, problems: [...one.problems] };
    } else {
      const target = this.open.get(parent);
      if (target === undefined || this.root === undefined) {
        deliver(batch, one.number, one.record, [
          ...one.problems,
          recordProblem(one.number, 'copybook.orphan', one.segment),
        ]);
        return;
      }
      const name = this.nameOf(one.segment);
      const list = target[name];
      if (Array.isArray(list)) (list as Cell[]).push(group);
      else target[name] = [group];
      this.root.problems.push(...one.problems);
    }
    if (typeof group === 'object' && group !== null) this.open.set(segment, group as Record<string, Cell>);
  }

  finish(batch: TreeBuilder): void {
    if (this.root !== undefined) deliver(batch, this.root.number, this.root.record, this.root.problems);
    this.root = undefined;
    this.open.clear();
  }
}
