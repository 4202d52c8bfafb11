import { comparableOf } from './comparable.ts';
import type { RecordReader } from './recordReader.ts';
import type { ReadState } from './recordState.ts';

type Value = string | number | null | undefined;

/** Reads one field of records before they are read. */
export interface PeekField {
  /** Value in the record that begins at a position; undefined where the record ends before the field, or its bytes are invalid. */
  readonly read: (state: ReadState, at: number) => Value;
  /** Value as text in the form in which options are compared with it: without blanks around it; of a number without leading zeros. */
  readonly textOf: (state: ReadState, at: number) => string;
  /** a text of an option in that form */
  readonly comparable: (text: string) => string;
}

/** @throws Problem copybook_reference, copybook_invalid */
export function fieldPeeker(name: string, reader: RecordReader): PeekField {
  const { leaf, at: offset } = reader.places.named(name);
  const comparable = comparableOf(leaf.rule === 'copybook.number');
  const read = (state: ReadState, at: number): Value => {
    const start = at + offset;
    const end = start + leaf.size;
    if (end > state.end) return undefined;
    const value = leaf.read(state, start, end);
    // a doubt about it is reported when its record is read
    return value === undefined ? leaf.forgive?.(state, start, end)?.value : value;
  };
  return { read, comparable, textOf: (state, at) => comparable(String(read(state, at) ?? '')) };
}
