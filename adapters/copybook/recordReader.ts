/** A copybook compiled to one reader of records: bytes → nested groups. */
import { Problem } from '../../terms/problem.ts';
import type { Cell, CellGroup } from '../reader.ts';
import { leafReader, type Leaf } from './leafReader.ts';
import type { CopybookOptions } from './options.ts';
import type { Item } from './parseCopybook.ts';
import {
  fixedGroup,
  normal,
  outputNames,
  sameName,
  slotSizes,
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
  const group = compiler.group(parts, '', false);
  compiler.checkReferences();
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

class Compiler {
  slots = 0;
  readonly leaves = new Map<string, Leaf['read']>();
  private readonly options: CopybookOptions;
  private readonly depends = new Map<Item, number>();
  private readonly known: { readonly item: Item; readonly path: readonly Item[] }[] = [];
  private readonly segments: ReadonlySet<string>;
  private readonly outputPaths = new Map<string, string[]>();

  constructor(items: readonly Item[], options: CopybookOptions) {
    this.options = options;
    this.segments = new Set(Object.values(options.segmentRedefines ?? {}).map((name) => name.toUpperCase()));
    const visit = (item: Item, above: readonly Item[]): void => {
      this.known.push({ item, path: above });
      for (const child of item.children) visit(child, [...above, item]);
    };
    for (const item of items) visit(item, []);
    for (const { item, path } of this.known) {
      const name = item.occurs?.dependingOn;
      if (name === undefined) continue;
      const field = this.resolve(name, path);
      if (!this.depends.has(field)) this.depends.set(field, this.slots++);
    }
  }

  checkReferences(): void {
    const { segmentField, recordLengthField, fieldCodePages, occursMappings, segmentChildren } = this.options;
    const named = [
      ...(segmentField === undefined ? [] : [segmentField]),
      ...(recordLengthField === undefined ? [] : [recordLengthField]),
      ...Object.keys(fieldCodePages ?? {}),
      ...Object.keys(occursMappings ?? {}),
      ...this.segments,
      ...Object.entries(segmentChildren ?? {}).flatMap(([parent, children]) => [parent, ...children]),
    ];
    for (const name of named) {
      if (!this.known.some(({ item }) => sameName(item.name, name)))
        throw new Problem('copybook_reference', { name: name.slice(0, 60) });
    }
  }

  pathOf(name: string): readonly string[] {
    const path = this.outputPaths.get(normal(name));
    if (path === undefined) throw new Problem('copybook_reference', { name: name.slice(0, 60) });
    return path;
  }

  /** `X OF G`: the field X below a group G; without a qualifier the nearest before the place that names it. */
  private resolve(name: readonly string[], near: readonly Item[]): Item {
    const [field = '', ...groups] = name;
    const fits = this.known.filter(
      ({ item, path }) =>
        sameName(item.name, field) &&
        groups.every((group) => path.some((above) => sameName(above.name, group))),
    );
    const closest = fits
      .map((found) => ({ found, shared: found.path.filter((above) => near.includes(above)).length }))
      .sort((a, b) => b.shared - a.shared)[0];
    if (closest === undefined)
      throw new Problem('copybook_reference', { name: name.join(' OF ').slice(0, 60) });
    return closest.found.item;
  }

  group(items: readonly Item[], path: string, lenient: boolean): Sized {
    const names = outputNames(items, this.options.names === 'snake');
    const redefined = new Set(items.map(({ redefines }) => redefines?.toUpperCase()));
    const parts: Part[] = [];
    for (const [index, item] of items.entries()) {
      const view = lenient || item.redefines !== undefined || redefined.has(item.name.toUpperCase());
      parts.push(this.part(item, names[index] ?? item.name, path, view, parts));
    }
    const slots = slotSizes(parts);
    const most = slots.reduce((sum, size) => sum + size, 0);
    const varies = this.options.variableSizeOccurs && items.some(hasCount);
    if (varies) return { ...variableGroup(parts), most, fixed: false };
    return { read: fixedGroup(parts, slots), most, sizeAt: () => most, fixed: true };
  }

  private part(item: Item, name: string, path: string, lenient: boolean, before: readonly Part[]): Part {
    const full = path === '' ? name : `${path}/${name}`;
    this.outputPaths.set(normal(item.name), full.split('/'));
    const single =
      item.children.length > 0 ? this.group(item.children, full, lenient) : this.leaf(item, full, lenient);
    const repeated = item.occurs === undefined ? single : this.occurs(item, single, full, lenient);
    return {
      item,
      name,
      path: full,
      read: repeated.read,
      sizeAt: repeated.sizeAt,
      most: repeated.most,
      dropped: item.filler && this.options.dropFillers && item.children.length === 0,
      over: item.redefines === undefined ? -1 : this.redefinedIndex(item, before),
      segment: this.segments.has(item.name.toUpperCase()),
    };
  }

  private redefinedIndex(item: Item, before: readonly Part[]): number {
    const index = before.findIndex((part) => sameName(part.item.name, item.redefines ?? ''));
    if (index < 0) throw new Problem('copybook_reference', { name: (item.redefines ?? '').slice(0, 60) });
    const first = before[index];
    return first !== undefined && first.over >= 0 ? first.over : index;
  }

  private leaf(item: Item, path: string, lenient: boolean): Sized {
    const leaf = leafReader(item, this.options);
    const slot = this.depends.get(item);
    this.leaves.set(path, leaf.read);
    return {
      read: tracedLeaf(leaf, path, lenient, slot),
      most: leaf.size,
      sizeAt: () => leaf.size,
      fixed: true,
    };
  }

  private occurs(item: Item, single: Sized, path: string, lenient: boolean): Sized {
    const { most: times = 1, least = 0 } = item.occurs ?? {};
    const name = item.occurs?.dependingOn;
    const slot =
      name === undefined
        ? undefined
        : this.depends.get(this.resolve(name, this.known.find((k) => k.item === item)?.path ?? []));
    const mapping = Object.entries(this.options.occursMappings ?? {}).find(([key]) =>
      sameName(key, item.name),
    )?.[1];
    const count = (state: ReadState, at: number): number => {
      if (slot === undefined) return times;
      const raw = state.counts[slot];
      const value =
        mapping === undefined
          ? typeof raw === 'number'
            ? raw
            : Number(raw ?? 0)
          : (mapping[String(raw ?? '')] ?? Number.NaN);
      if (value >= Math.min(least, 0) && value <= times) return value;
      if (!lenient) state.faults.push({ path, rule: 'copybook.occurs', at, size: 0 });
      return 0;
    };
    const most = single.most * times;
    const read: ReadCell = (state, at) => {
      const list: Cell[] = [];
      let position = at;
      for (let left = count(state, at); left > 0 && position < state.end; left -= 1) {
        list.push(single.read(state, position));
        position += single.sizeAt(state, position);
      }
      return list;
    };
    if (!this.options.variableSizeOccurs || (slot === undefined && single.fixed)) {
      return { read, most, sizeAt: () => most, fixed: true };
    }
    return {
      read,
      most,
      fixed: false,
      sizeAt: (state, at) => {
        let position = at;
        for (let left = count(state, at); left > 0; left -= 1) position += single.sizeAt(state, position);
        return position - at;
      },
    };
  }
}

const hasCount = (item: Item): boolean =>
  item.occurs?.dependingOn !== undefined || item.children.some(hasCount);
