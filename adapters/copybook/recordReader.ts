/** A copybook compiled to one reader of records: bytes → nested groups. */
import type { Cell, CellGroup } from '../reader.ts';
import { leadingBoundary, padding, widestBoundary } from './alignment.ts';
import { invalid } from './clauseWords.ts';
import { FieldNames, normal, outputNames, sameName, unknownName } from './fieldNames.ts';
import { leafReader, type Leaf } from './leafReader.ts';
import type { CopybookOptions } from './options.ts';
import type { Item } from './parseCopybook.ts';
import {
  fixedGroup,
  tracedLeaf,
  variableGroup,
  type Part,
  type ReadCell,
  type ReadState,
  type Sized,
} from './recordParts.ts';

export interface RecordReader {
  /** bytes of the longest record */
  readonly length: number;
  readonly read: (state: ReadState, at: number) => CellGroup;
  /** counters for a new state */
  readonly slots: number;
  /** readers of single fields, by path */
  readonly leaves: ReadonlyMap<string, Leaf['read']>;
  /** path of a field by its name, for options that name fields */
  readonly pathOf: (name: string) => readonly string[];
}

/** @throws Problem copybook_invalid, copybook_reference, code_page_unknown */
export function compileRecordReader(items: readonly Item[], options: CopybookOptions): RecordReader {
  const compiler = new Compiler(items, options);
  const [only] = items;
  const parts =
    only !== undefined && items.length === 1 && only.children.length > 0 ? only.children : overlaid(items);
  const group = compiler.group(parts, { path: '', lenient: false, at: 0 });
  compiler.names.checkOptions(options);
  return {
    length: group.most,
    read: group.read as (state: ReadState, at: number) => CellGroup,
    slots: compiler.slots,
    leaves: compiler.leaves,
    pathOf: (name) => compiler.pathOf(name),
  };
}

/** Several 01 levels describe the same record area: views of each other. */
const overlaid = (items: readonly Item[]): Item[] =>
  items.map((item, index) =>
    index === 0 || items[0] === undefined ? item : { ...item, redefines: items[0].name },
  );

/** Where an item stands. */
interface Place {
  readonly path: string;
  /** one of several views: bytes that do not fit are null */
  readonly lenient: boolean;
  /** offset in the record when every list is full */
  readonly at: number;
}

class Compiler {
  readonly names: FieldNames;
  readonly leaves = new Map<string, Leaf['read']>();
  private readonly options: CopybookOptions;
  private readonly depends: ReadonlyMap<Item, number>;
  private readonly segments: ReadonlySet<string>;
  private readonly outputPaths = new Map<string, string[]>();

  constructor(items: readonly Item[], options: CopybookOptions) {
    this.options = options;
    this.names = new FieldNames(items);
    this.depends = new Map([...this.names.counts()].map((field, slot) => [field, slot]));
    this.segments = new Set(Object.values(options.segmentRedefines ?? {}).map(normal));
  }

  get slots(): number {
    return this.depends.size;
  }

  pathOf(name: string): readonly string[] {
    const path = this.outputPaths.get(normal(name));
    if (path === undefined) throw unknownName(name);
    return path;
  }

  group(items: readonly Item[], { path, lenient, at }: Place): Sized {
    const names = outputNames(items, this.options.names === 'snake');
    const redefined = new Set(items.map(({ redefines }) => redefines?.toUpperCase()));
    const parts: Part[] = [];
    let end = at;
    for (const [index, item] of items.entries()) {
      const name = names[index] ?? item.name;
      const over = item.redefines === undefined ? -1 : redefinedIndex(item, parts);
      const from = over >= 0 ? at + (parts[over]?.at ?? 0) : end;
      const slack = padding(from, leadingBoundary(item, this.options));
      // a view begins where the other view begins, so there is no room for slack bytes
      if (slack > 0 && over >= 0) throw invalid(item, `${item.name} REDEFINES … SYNC`);
      const part = this.part(item, name, {
        path: path === '' ? name : `${path}/${name}`,
        lenient: lenient || item.redefines !== undefined || redefined.has(item.name.toUpperCase()),
        at: from + slack,
      });
      parts.push({ ...part, at: from + slack - at, slack, over });
      end = Math.max(end, from + slack + part.most);
    }
    const most = end - at;
    const varies = this.options.variableSizeOccurs && items.some(hasCount);
    if (varies) return { ...variableGroup(parts), most, fixed: false };
    return { read: fixedGroup(parts), most, sizeAt: () => most, fixed: true };
  }

  private part(item: Item, name: string, place: Place): Omit<Part, 'at' | 'slack' | 'over'> {
    this.outputPaths.set(normal(item.name), place.path.split('/'));
    const single = item.children.length > 0 ? this.group(item.children, place) : this.leaf(item, place);
    const { read, sizeAt, most } = item.occurs === undefined ? single : this.occurs(item, single, place);
    return {
      item,
      name,
      path: place.path,
      read,
      sizeAt,
      most,
      dropped: item.filler && this.options.dropFillers && item.children.length === 0,
      segment: this.segments.has(normal(item.name)),
    };
  }

  private leaf(item: Item, { path, lenient }: Place): Sized {
    const leaf = leafReader(item, this.options);
    this.leaves.set(path, leaf.read);
    return {
      read: tracedLeaf(leaf, path, lenient, this.depends.get(item)),
      most: leaf.size,
      sizeAt: () => leaf.size,
      fixed: true,
    };
  }

  private occurs(item: Item, single: Sized, place: Place): Sized {
    const slack = padding(single.most, widestBoundary(item, this.options));
    const count = this.counter(item, place);
    const times = item.occurs?.most ?? 1;
    const most = (single.most + slack) * times;
    const read: ReadCell = (state, at) => {
      const list: Cell[] = [];
      let position = at;
      for (let left = count(state, at); left > 0 && position < state.end; left -= 1) {
        list.push(single.read(state, position));
        position += single.sizeAt(state, position) + slack;
      }
      return list;
    };
    if (!this.options.variableSizeOccurs || (item.occurs?.dependingOn === undefined && single.fixed)) {
      return { read, most, sizeAt: () => most, fixed: true };
    }
    return {
      read,
      most,
      fixed: false,
      sizeAt: (state, at) => {
        let position = at;
        for (let left = count(state, at); left > 0; left -= 1)
          position += single.sizeAt(state, position) + slack;
        return position - at;
      },
    };
  }

  /** How many items of a list are there. */
  private counter(item: Item, { path, lenient }: Place): (state: ReadState, at: number) => number {
    const { most: times = 1 } = item.occurs ?? {};
    const field = this.names.countOf(item);
    const slot = field === undefined ? undefined : this.depends.get(field);
    if (slot === undefined) return () => times;
    const mapping = Object.entries(this.options.occursMappings ?? {}).find(([key]) =>
      sameName(key, item.name),
    )?.[1];
    return (state, at) => {
      const raw = state.counts[slot];
      const value = mapping === undefined ? Number(raw ?? 0) : (mapping[String(raw ?? '')] ?? Number.NaN);
      if (Number.isInteger(value) && value >= 0 && value <= times) return value;
      if (!lenient) state.faults.push({ path, rule: 'copybook.occurs', at, size: 0 });
      return 0;
    };
  }
}

function redefinedIndex(item: Item, before: readonly Part[]): number {
  const index = before.findIndex((part) => sameName(part.item.name, item.redefines ?? ''));
  const found = before[index];
  if (found === undefined) throw unknownName(item.redefines ?? '');
  return found.over >= 0 ? found.over : index;
}

const hasCount = (item: Item): boolean =>
  item.occurs?.dependingOn !== undefined || item.children.some(hasCount);
