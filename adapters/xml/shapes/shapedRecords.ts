/** Records of a batch of which most are still text: each is built on request. */
import type { CellGroup, Records, TreeBatch } from '../../reading/reader.ts';
import type { CompiledShape } from './shapePattern.ts';
import { takenApart } from './takeApart.ts';
import { asRecord } from '../tree.ts';

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
