/** Records of a batch of which most are still text: each is built on request. */
import type { CellGroup, Records, TreeBatch, Cell } from '../../reading/reader.ts';
import type { CompiledShape, Plan } from './shapePattern.ts';
import { asRecord, put } from '../tree.ts';
import { trimmed } from '../../reading/text/trimmed.ts';
import { meantText, type Fail } from '../../reading/markup/characters.ts';

interface Reading {
  readonly trim: boolean;
  /** whether the record contains references */
  readonly references: boolean;
}

/** The tree of the record that begins at `at`, equal to the result of general parsing. */
function takenApart({ takeApart, plan }: CompiledShape, text: string, at: number, trim: boolean): Cell {
  takeApart.lastIndex = at;
  const found = takeApart.exec(text);
  return found === null ? undefined : valueOf(plan, found, { trim, references: found[0].includes('&') });
}

const never: Fail = (what) => {
  throw new Error(typeof what === 'string' ? what : what.en);
};
const meant = (text: string, { references }: Reading): string =>
  references ? meantText(text, 0, never) : text;

/** A part of the match; undefined where the element, or its shape, has none. */
const partOf = (found: RegExpExecArray, index: number): string | undefined =>
  index === 0 ? undefined : found[index];

/** The value of an element, equal to the result of general parsing. Undefined if the element is absent. */
function valueOf(plan: Plan, found: RegExpExecArray, as: Reading): Cell {
  const section = partOf(found, plan.cdata);
  if (section !== undefined) return leafOf(section, plan, found, as);
  const written = partOf(found, plan.text);
  if (written !== undefined) return leafOf(meant(written, as), plan, found, as);
  if (partOf(found, plan.group) !== undefined) return groupOf(plan, found, as);
  return partOf(found, plan.closed) === undefined ? undefined : leafOf('', plan, found, as);
}

const isNil = (value: string): boolean => value === 'true' || value === '1';

/** An element without others inside: its text, or a group of its attributes and its text. */
function leafOf(written: string, plan: Plan, found: RegExpExecArray, as: Reading): Cell {
  const text = as.trim ? trimmed(written) : written;
  let group: Record<string, Cell> | undefined;
  let nil = false;
  for (const { name, index, nil: mayBeNil } of plan.attributes) {
    const value = found[index];
    if (value === undefined) continue;
    if (mayBeNil && isNil(value)) nil = true;
    else (group ??= {})[name] = meant(value, as);
  }
  if (group === undefined) return nil ? null : text;
  if (text.trim() !== '') group['#text'] = text;
  return group;
}

/** An element with others inside, and its attributes. */
function groupOf(plan: Plan, found: RegExpExecArray, as: Reading): CellGroup {
  const group: Record<string, Cell> = {};
  for (const { name, index, nil: mayBeNil } of plan.attributes) {
    const value = found[index];
    if (value !== undefined && !(mayBeNil && isNil(value))) group[name] = meant(value, as);
  }
  putChildren(group, plan, found, as);
  return group;
}

function putChildren(
  group: Record<string, Cell>,
  { children, plain }: Plan,
  found: RegExpExecArray,
  as: Reading,
): void {
  for (const child of children) {
    if (plain && child.textAlone) {
      const written = found[child.text];
      if (written === undefined) continue;
      const text = meant(written, as);
      group[child.name] = as.trim ? trimmed(text) : text;
      continue;
    }
    if (child.repeated !== undefined) {
      const range = found[child.repeated.index];
      if (range !== undefined) putEach(group, child.repeated.one, range, as);
      continue;
    }
    const value = valueOf(child, found, as);
    if (value === undefined) continue;
    if (plain && !child.list) group[child.name] = value;
    else put(group, child.name, value, child.list);
  }
}

function putEach(group: Record<string, Cell>, one: CompiledShape, range: string, as: Reading): void {
  const { takeApart, plan } = one;
  takeApart.lastIndex = 0;
  for (let found = takeApart.exec(range); found !== null; found = takeApart.exec(range)) {
    const { lastIndex } = takeApart;
    put(group, plan.name, valueOf(plan, found, as), plan.list);
    takeApart.lastIndex = lastIndex;
  }
}

/** Text that contains records of one shape. */
export class ShapedText {
  private readonly text: string;
  private readonly shape: CompiledShape;
  private readonly trim: boolean;
  private readonly carried: CellGroup | undefined;

  /** @param carried values added to each record */
  constructor(text: string, shape: CompiledShape, trim: boolean, carried: CellGroup | undefined) {
    this.text = text;
    this.shape = shape;
    this.trim = trim;
    this.carried = carried;
  }

  /** The record that begins at `at`. */
  record(at: number): CellGroup {
    const { plan } = this.shape;
    return asRecord(plan.name, takenApart(this.shape, this.text, at, this.trim), this.carried);
  }
}

/** Records in their order: trees that were built, and positions in text. */
export class ShapedRecords implements Records<CellGroup> {
  private readonly items: (CellGroup | ShapedText)[] = [];
  private readonly places: number[] = [];

  get length(): number {
    return this.items.length;
  }

  /** Number of records that are positions in text. */
  get recognised(): number {
    return this.items.filter((item) => item instanceof ShapedText).length;
  }

  push(record: CellGroup): void {
    this.items.push(record);
    this.places.push(0);
  }

  pushPlace(text: ShapedText, at: number): void {
    this.items.push(text);
    this.places.push(at);
  }

  at(index: number): CellGroup | undefined {
    const item = this.items[index];
    return item instanceof ShapedText ? item.record(this.places[index] ?? 0) : item;
  }

  /** The record as a tree, which is cached from now on. */
  built(index: number): CellGroup {
    const record = this.at(index) as CellGroup;
    this.items[index] = record;
    return record;
  }

  *[Symbol.iterator](): Iterator<CellGroup> {
    for (let i = 0; i < this.items.length; i += 1) yield this.at(i) as CellGroup;
  }
}

export interface XmlBatch extends TreeBatch {
  readonly records: ShapedRecords;
}
