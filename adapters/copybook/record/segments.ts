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
  private readonly parentOf = new Map<string, string>();
  private readonly nameOf: (group: string) => string;
  private root: Open | undefined;
  /** the group that receives children of a segment, and its path in the root */
  private readonly open = new Map<string, { readonly group: Record<string, Cell>; readonly path: string }>();

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
      this.root = { ...one, problems: [...one.problems], doubts: [...one.doubts] };
    } else {
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

  finish(batch: TreeBuilder): void {
    if (this.root !== undefined) {
      const { number, record, problems, doubts } = this.root;
      deliver(batch, number, record, problems, doubts);
    }
    this.root = undefined;
    this.open.clear();
  }
}
