/** Lengths that records declare by their contents. */
import { fieldAhead } from './fieldAhead.ts';
import type { CopybookOptions } from '../options.ts';
import type { RecordKinds } from './recordKinds.ts';
import type { RecordReader } from './recordReader.ts';
import type { ReadState } from './recordState.ts';

/** Number of bytes of the fields of the record that begins at a position; undefined where its bytes do not determine it. */
export interface DeclaredLength {
  readonly at: (bytes: Buffer, at: number) => number | undefined;
  /** what determines the length, for an error text */
  readonly what: string;
  /** whether the length counts the bytes before and after the fields */
  readonly whole: boolean;
}

/**
 * How a record of format F declares its length: by a field, by its views, or by its lists; undefined where all records have one length.
 * @throws Problem copybook_reference
 */
export function declaredLength(
  options: CopybookOptions,
  reader: RecordReader,
  kinds: RecordKinds | undefined,
  stateOf: (bytes: Buffer) => ReadState,
): DeclaredLength | undefined {
  const { recordLengthField: field, recordLengthMap: map, recordLengthAdjustment: added = 0 } = options;
  if (field !== undefined) {
    const read = fieldAhead(field, reader, stateOf(Buffer.alloc(reader.length)));
    const at = (bytes: Buffer, place: number): number | undefined => {
      const value = read(stateOf(bytes), place);
      if (value === null || value === undefined) return undefined;
      const length = map === undefined ? Number(value) : map[String(value).trim()];
      return length === undefined || !Number.isInteger(length) ? undefined : length + added;
    };
    return { at, what: field, whole: true };
  }
  if (options.recordLength !== undefined) return undefined;
  if (options.lengthByView === true && kinds !== undefined) {
    const at = (bytes: Buffer, place: number): number | undefined => {
      const state = stateOf(bytes);
      if (kinds.choose(state, place).unknown) return undefined;
      reader.read(state, place);
      return state.faults.some(({ rule }) => rule === 'copybook.segment')
        ? undefined
        : reader.reach(state, place);
    };
    return { at, what: options.segmentField ?? 'redefineRules', whole: false };
  }
  const { sizeAt } = reader;
  if (sizeAt === undefined) return undefined;
  const at = (bytes: Buffer, place: number): number | undefined => {
    const state = stateOf(bytes);
    kinds?.choose(state, place);
    reader.read(state, place);
    const size = sizeAt(state, place);
    return state.faults.some(({ rule }) => rule === 'copybook.occurs') ? undefined : size;
  };
  return { at, what: 'OCCURS DEPENDING ON', whole: false };
}
