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

/** The value of an element, equal to the result of general parsing. Undefined if the element is absent. */
function valueOf(plan: Plan, found: RegExpExecArray, as: Reading): Cell {
  let text = '';
  let group: Record<string, Cell> | undefined;
  const written = plan.text === 0 ? undefined : found[plan.text];
  const section = plan.cdata === 0 ? undefined : found[plan.cdata];
  if (written !== undefined || section !== undefined) text = section ?? meant(written ?? '', as);
  else if (plan.group !== 0 && found[plan.group] !== undefined) group = {};
  else if (plan.closed === 0 || found[plan.closed] === undefined) return undefined;
  const inside = group !== undefined;
  if (as.trim) text = trimmed(text);
  let nil = false;
  for (const { name, index, nil: mayBeNil } of plan.attributes) {
    const value = found[index];
    if (value === undefined) continue;
    if (mayBeNil && (value === 'true' || value === '1')) nil = true;
    else (group ??= {})[name] = meant(value, as);
  }
  if (group === undefined) return nil ? null : text;
  if (inside) putChildren(group, plan, found, as);
  else if (text.trim() !== '') group['#text'] = text;
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
