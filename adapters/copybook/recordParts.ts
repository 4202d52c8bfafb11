/** The parts of a compiled record: how fields, groups and lists are read and what room they take. */
import type { Cell } from '../reader.ts';
import { sameName } from './fieldNames.ts';
import type { Leaf } from './leafReader.ts';
import type { Item } from './parseCopybook.ts';
import type { RecordSource } from './recordSource.ts';

/** One field of one record as `adapt --preview` shows it. */
export interface Traced {
  readonly path: string;
  readonly at: number;
  readonly size: number;
  readonly value: Cell;
}

export interface ReadFault {
  readonly path: string;
  readonly rule: 'copybook.number' | 'copybook.text' | 'copybook.occurs';
  /** byte in the block */
  readonly at: number;
  readonly size: number;
}

/** What the reader of one record carries along. */
export interface ReadState extends RecordSource {
  /** end of the record in `bytes` */
  end: number;
  readonly faults: ReadFault[];
  /** counts read so far, by slot of the field that others depend on */
  readonly counts: (number | string | null)[];
  /** group to read among those that redefine each other; undefined reads all views */
  segment: string | undefined;
  trace: ((traced: Traced) => void) | undefined;
}

export type ReadCell = (state: ReadState, at: number) => Cell;

/** How a field, a group or a list is read, and the room it takes. */
export interface Sized {
  readonly read: ReadCell;
  readonly most: number;
  readonly sizeAt: (state: ReadState, at: number) => number;
  /** always takes `most` bytes */
  readonly fixed: boolean;
}

export interface Part {
  readonly item: Item;
  readonly name: string;
  readonly path: string;
  readonly read: ReadCell;
  /** bytes it takes; grows with the items that are there under variableSizeOccurs */
  readonly sizeAt: (state: ReadState, at: number) => number;
  readonly most: number;
  /** offset in its group when every list is full */
  readonly at: number;
  /** slack bytes before it */
  readonly slack: number;
  readonly dropped: boolean;
  /** index of the part whose place it redefines, −1 for none */
  readonly over: number;
  /** one of several segments: read only when the record is of it */
  readonly segment: boolean;
}

const wanted = (part: Part, state: ReadState): boolean =>
  !part.dropped && (!part.segment || state.segment === undefined || sameName(part.item.name, state.segment));

export function fixedGroup(parts: readonly Part[]): ReadCell {
  const offsets = parts.map((part) => part.at);
  const plain = parts.every((part) => !part.dropped && !part.segment);
  return (state, at) => {
    const group: Record<string, Cell> = {};
    for (let i = 0; i < parts.length; i += 1) {
      const part = parts[i];
      if (part === undefined || (!plain && !wanted(part, state))) continue;
      group[part.name] = part.read(state, at + (offsets[i] ?? 0));
    }
    return group;
  };
}

/** Parts stand one after another, each as long as it is in this record. */
export function variableGroup(parts: readonly Part[]): Pick<Sized, 'read' | 'sizeAt'> {
  const walk = (state: ReadState, at: number, each: (part: Part, at: number) => void): number => {
    const starts: number[] = [];
    let position = at;
    for (const part of parts) {
      const start = part.over >= 0 ? (starts[part.over] ?? at) : position + part.slack;
      starts.push(start);
      each(part, start);
      if (part.over < 0) position = start + part.sizeAt(state, start);
      else position = Math.max(position, start + part.sizeAt(state, start));
    }
    return position - at;
  };
  return {
    read: (state, at) => {
      const group: Record<string, Cell> = {};
      walk(state, at, (part, start) => {
        const cell = part.read(state, start);
        if (wanted(part, state)) group[part.name] = cell;
      });
      return group;
    },
    sizeAt: (state, at) => walk(state, at, () => undefined),
  };
}

export function tracedLeaf(leaf: Leaf, path: string, lenient: boolean, slot: number | undefined): ReadCell {
  const { read, size, rule } = leaf;
  return (state, at) => {
    let value = at >= state.end ? null : read(state, at, Math.min(at + size, state.end));
    if (value === undefined) {
      if (!lenient) state.faults.push({ path, rule, at, size });
      value = null;
    }
    if (slot !== undefined) state.counts[slot] = value;
    if (state.trace !== undefined) state.trace({ path, at, size, value });
    return value;
  };
}
