/** Parent and child records: each child's group becomes an entry of a list inside the record before it. */
import type { RowProblem } from '../../../terms/rowProblem.ts';
import { recordProblem } from '../../reading/rowRules.ts';
import type { Cell, CellGroup, TreeBuilder } from '../../reading/reader.ts';
import { deliver } from './deliver.ts';
import { normal } from './fieldNames.ts';
import { isObject } from '../../../terms/isObject.ts';

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
  private readonly pathOf: (group: string) => readonly string[];
  private root: Open | undefined;
  /** the group that receives children of a segment, and its path in the root */
  private readonly open = new Map<string, { readonly group: Record<string, Cell>; readonly path: string }>();

  /** @param parentOf parent of each child, as `segmentParents` returns them */
  constructor(parentOf: ReadonlyMap<string, string>, pathOf: (group: string) => readonly string[]) {
    this.parentOf = parentOf;
    this.pathOf = pathOf;
  }

  add(batch: TreeBuilder, one: SegmentRecord): void {
    const segment = normal(one.segment);
    const parent = this.parentOf.get(segment);
    const path = one.segment === '' ? [] : this.pathOf(one.segment);
    const cell = path.length === 0 ? undefined : cellAt(one.record, path);
    const name = path.at(-1) ?? '';
    if (parent === undefined) {
      this.finish(batch);
      this.root = { ...one, problems: [...one.problems], doubts: [...one.doubts] };
    } else {
      this.close(segment);
      const target = this.open.get(parent);
      if (target === undefined || this.root === undefined || cell === undefined) {
        const orphan = recordProblem(one.number, 'copybook.orphan', one.segment);
        deliver(batch, one.number, one.record, [...one.problems, orphan], one.doubts);
        return;
      }
      const list = target.group[name];
      if (Array.isArray(list)) (list as Cell[]).push(cell);
      else target.group[name] = [cell];
      // the list has the group without those that contain it
      const around = path
        .slice(0, -1)
        .map((outer) => `${outer}/`)
        .join('');
      const inRoot = (problem: RowProblem): RowProblem => {
        const header = problem.header.startsWith(around)
          ? problem.header.slice(around.length)
          : problem.header;
        return { ...problem, header: header === '' ? '' : `${target.path}/${header}` };
      };
      // one by one: a record may have more of them than a call takes arguments
      for (const problem of one.problems) this.root.problems.push(inRoot(problem));
      for (const doubt of one.doubts) this.root.doubts.push(inRoot(doubt));
    }
    if (!isObject(cell)) return;
    const above = parent === undefined ? undefined : this.open.get(parent)?.path;
    this.open.set(segment, {
      group: cell,
      path: above === undefined ? path.join('/') : `${above}/${name}`,
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

/** What is at a path; undefined where nothing is, or a list contains it. */
function cellAt(record: CellGroup, path: readonly string[]): Cell | undefined {
  let at: Cell | undefined = record;
  for (const name of path) at = isObject(at) ? at[name] : undefined;
  return at;
}
