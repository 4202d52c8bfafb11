/** One member of a record's group: how it is read and how many bytes it takes. */
import type { Cell } from '../../reading/reader.ts';
import type { Item } from '../source/parseCopybook.ts';
import type { ReadState } from './recordState.ts';

export type ReadCell = (state: ReadState, at: number) => Cell;

/** How a field, a group or a list is read, and how many bytes it takes. */
export interface Sized {
  readonly read: ReadCell;
  /** bytes it takes, after it was read; grows with the items that are there under variableSizeOccurs */
  readonly sizeAt: (state: ReadState, at: number) => number;
  /** bytes with every list full */
  readonly most: number;
  /** bytes that it takes in every record where it is present */
  readonly least: number;
  /** cells that it gives with every list full: values, groups and lists */
  readonly cells: number;
  /** whether it takes `most` bytes in every record */
  readonly fixed: boolean;
  /**
   * bytes that the views in this record describe; a list counts with its maximum length, under variableSizeOccurs with the items that are
   * there
   */
  readonly reach: (state: ReadState, at: number) => number;
}

/** One member of a group. */
export interface Part {
  readonly item: Item;
  readonly name: string;
  readonly path: string;
  readonly read: ReadCell;
  readonly sizeAt: Sized['sizeAt'];
  readonly reach: Sized['reach'];
  readonly most: number;
  readonly least: number;
  readonly cells: number;
  /** offset in its group when every list is full */
  readonly at: number;
  /** slack bytes before it */
  readonly slack: number;
  readonly dropped: boolean;
  /** index of the part whose place it redefines, −1 for none */
  readonly over: number;
  /** when it is in a record; undefined: always */
  readonly choice: Choice | undefined;
}

/** When a view is in a record, by the choices that options made for the record. */
export interface Choice {
  /** index in `chosen` that must be true; −1: a view that no option names, which is present unless another one is */
  readonly slot: number;
  /** slots of the views with precedence over it */
  readonly unless: readonly number[];
  /** whether a rule names the view and decides for every record whether it is present */
  readonly byRule: boolean;
}
