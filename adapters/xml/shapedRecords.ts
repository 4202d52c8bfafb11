/** Records of a batch of which most are still text: one is made when it is asked for. */
import { trimmed } from '../mapping/steps/textSteps.ts';
import type { Cell, CellGroup, Records, TreeBatch } from '../reader.ts';
import { meantText } from './characters.ts';
import type { CompiledShape, Plan } from './shapePattern.ts';
import { asRecord, put } from './tree.ts';

/** Text that holds records of one shape. */
export class ShapedText {
  private readonly text: string;
  private readonly shape: CompiledShape;
  private readonly trim: boolean;
  private readonly carried: CellGroup | undefined;

  /** @param carried what goes into each record */
  constructor(text: string, shape: CompiledShape, trim: boolean, carried: CellGroup | undefined) {
    this.text = text;
    this.shape = shape;
    this.trim = trim;
    this.carried = carried;
  }

  /** The record that begins at `at`. */
  record(at: number): CellGroup {
    const { plan } = this.shape;
    return asRecord(plan.name, first(this.shape, this.text, at, this.trim), this.carried);
  }
}

/** Records in their order: trees that were built, and places in text. */
export class ShapedRecords implements Records<CellGroup> {
  private readonly items: (CellGroup | ShapedText)[] = [];
  private readonly places: number[] = [];

  get length(): number {
    return this.items.length;
  }

  /** How many of them are places in text. */
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

  *[Symbol.iterator](): Iterator<CellGroup> {
    for (let i = 0; i < this.items.length; i += 1) yield this.at(i) as CellGroup;
  }
}

export interface XmlBatch extends TreeBatch {
  readonly records: ShapedRecords;
}

function first({ takeApart, plan }: CompiledShape, text: string, at: number, trim: boolean): Cell {
  takeApart.lastIndex = at;
  const found = takeApart.exec(text);
  return found === null ? undefined : valueOf(plan, found, trim);
}

const never = (what: string): never => {
  throw new Error(what);
};
const meant = (text: string): string => (text.includes('&') ? meantText(text, 0, never) : text);

/** What an element's value is: as the general reading of it gives. Undefined if the element is not there. */
function valueOf(plan: Plan, found: RegExpExecArray, trim: boolean): Cell {
  let text = '';
  let group: Record<string, Cell> | undefined;
  const written = plan.text === 0 ? undefined : found[plan.text];
  const section = plan.cdata === 0 ? undefined : found[plan.cdata];
  if (written !== undefined || section !== undefined) text = section ?? meant(written ?? '');
  else if (plan.group !== 0 && found[plan.group] !== undefined) group = {};
  else if (plan.closed === 0 || found[plan.closed] === undefined) return undefined;
  const inside = group !== undefined;
  if (trim) text = trimmed(text);
  let nil = false;
  for (const { name, index, nil: mayBeNil } of plan.attributes) {
    const value = found[index];
    if (value === undefined) continue;
    if (mayBeNil && (value === 'true' || value === '1')) nil = true;
    else (group ??= {})[name] = meant(value);
  }
  if (group === undefined) return nil ? null : text;
  if (inside) putChildren(group, plan, found, trim);
  else if (text.trim() !== '') group['#text'] = text;
  return group;
}

function putChildren(
  group: Record<string, Cell>,
  { children, plain }: Plan,
  found: RegExpExecArray,
  trim: boolean,
): void {
  for (const child of children) {
    if (child.repeated !== undefined) {
      const stretch = found[child.repeated.index];
      if (stretch !== undefined) putEach(group, child.repeated.one, stretch, trim);
      continue;
    }
    const value = valueOf(child, found, trim);
    if (value === undefined) continue;
    if (plain && !child.list) group[child.name] = value;
    else put(group, child.name, value, child.list);
  }
}

function putEach(group: Record<string, Cell>, one: CompiledShape, stretch: string, trim: boolean): void {
  const { takeApart, plan } = one;
  takeApart.lastIndex = 0;
  for (let found = takeApart.exec(stretch); found !== null; found = takeApart.exec(stretch)) {
    const { lastIndex } = takeApart;
    put(group, plan.name, valueOf(plan, found, trim), plan.list);
    takeApart.lastIndex = lastIndex;
  }
}
