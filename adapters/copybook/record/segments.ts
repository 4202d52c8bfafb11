/** Parent and child records: each child's group becomes an entry of a list inside the record before it. */
import type { RowProblem } from '../../../terms/rowProblem.ts';
import { recordProblem } from '../../reading/rowRules.ts';
import type { Cell, CellGroup, TreeBuilder } from '../../reading/reader.ts';
import { deliver } from './deliver.ts';
import { normal } from './fieldNames.ts';

export interface SegmentRecord {
  readonly number: number;
  readonly record: CellGroup;
  readonly problems: readonly RowProblem[];
  readonly doubts: readonly RowProblem[];
  /** group of the record, '' for one that options do not name */
  readonly segment: string;
}

interface Open {
  readonly number: number;
  readonly record: CellGroup;
  readonly problems: RowProblem[];
  readonly doubts: RowProblem[];
}

export class SegmentTrees {
  private readonly parentOf: ReadonlyMap<string, string>;
  private readonly nameOf: (group: string) => string;
  private root: Open | undefined;
  /** the group that receives children of a segment, and its path in the root */
  private readonly open = new Map<string, { readonly group: Record<string, Cell>; readonly path: string }>();

  /** @param parentOf parent of each child, as `segmentParents` returns them */
  constructor(parentOf: ReadonlyMap<string, string>, nameOf: (group: string) => string) {
    this.parentOf = parentOf;
    this.nameOf = nameOf;
  }

  add(batch: TreeBuilder, one: SegmentRecord): void {
    const segment = normal(one.segment);
    const parent = this.parentOf.get(segment);
    const group = one.segment === '' ? undefined : one.record[this.nameOf(one.segment)];
    if (parent === undefined) {
      this.finish(batch);
      this.root = { ...one, problems: [...one.problems], doubts: [...one.doubts] };
    } else {
      this.close(segment);
      const target = this.open.get(parent);
      if (target === undefined || this.root === undefined) {
        const orphan = recordProblem(one.number, 'copybook.orphan', one.segment);
        deliver(batch, one.number, one.record, [...one.problems, orphan], one.doubts);
        return;
      }
      const name = this.nameOf(one.segment);
      const list = target.group[name];
      if (Array.isArray(list)) (list as Cell[]).push(group);
      else target.group[name] = [group];
      const inRoot = (problem: RowProblem): RowProblem => ({
        ...problem,
        header: problem.header === '' ? '' : `${target.path}/${problem.header}`,
      });
      this.root.problems.push(...one.problems.map(inRoot));
      this.root.doubts.push(...one.doubts.map(inRoot));
    }
    if (typeof group !== 'object' || group === null) return;
    const name = this.nameOf(one.segment);
    const above = parent === undefined ? undefined : this.open.get(parent)?.path;
    this.open.set(segment, {
      group: group as Record<string, Cell>,
      path: above === undefined ? name : `${above}/${name}`,
    });
  }

  /** A new record of a segment ends the former one and all levels below it: a later child belongs to the new one, or is an orphan. */
  private close(segment: string): void {
    this.open.delete(segment);
    for (const [child, parent] of this.parentOf)
      if (parent === segment && this.open.has(child)) this.close(child);
  }

  finish(batch: TreeBuilder): void {
    if (this.root !== undefined) {
      const { number, record, problems, doubts } = this.root;
      deliver(batch, number, record, problems, doubts);
    }
    this.root = undefined;
    this.open.clear();
  }
}
