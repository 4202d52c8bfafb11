/** Lengths of records of format F whose contents determine their length. */
import { comparableMap } from './comparable.ts';
import { fieldPeeker } from './fieldPeeker.ts';
import type { CopybookOptions } from '../options.ts';
import type { RecordKinds } from './recordKinds.ts';
import type { RecordReader } from './recordReader.ts';
import type { ReadFault, ReadState } from './recordState.ts';

export interface DeclaredLength {
  /** bytes of the record whose fields begin at a position; undefined where its contents do not determine them */
  readonly lengthAt: (bytes: Buffer, position: number) => number | undefined;
  /** what determines the length, for an error text */
  readonly source: string;
  /**
   * true: a field contains the length, and the length includes the bytes before and after the fields. false: the length is that of the
   * fields, and only the whole record determines it.
   */
  readonly isInField: boolean;
}

/**
 * How a record declares its length: by a field, by its views, or by its lists; undefined where all records have one length.
 * @throws Problem copybook_reference
 */
export function declaredLength(
  options: CopybookOptions,
  reader: RecordReader,
  kinds: RecordKinds | undefined,
  stateOf: (bytes: Buffer) => ReadState,
): DeclaredLength | undefined {
  const { recordLengthField, recordLengthMap, recordLengthAdjustment = 0 } = options;
  if (recordLengthField !== undefined) {
    const peek = fieldPeeker(recordLengthField, reader);
    const lengths =
      recordLengthMap === undefined
        ? undefined
        : comparableMap(recordLengthMap, peek.comparable, 'recordLengthMap');
    const lengthAt = (bytes: Buffer, position: number): number | undefined => {
      const state = stateOf(bytes);
      const value = peek.read(state, position);
      if (value === null || value === undefined) return undefined;
      const length = lengths === undefined ? Number(value) : lengths.get(peek.comparable(String(value)));
      return length === undefined || !Number.isInteger(length) ? undefined : length + recordLengthAdjustment;
    };
    return { lengthAt, source: recordLengthField, isInField: true };
  }
  if (options.recordLength !== undefined) return undefined;
  if (options.lengthByView === true && kinds !== undefined) {
    const lengthAt = (bytes: Buffer, position: number): number | undefined => {
      const state = stateOf(bytes);
      if (kinds.choose(state, position).unknown) return undefined;
      reader.read(state, position);
      return hasFault(state, 'copybook.segment') ? undefined : reader.reach(state, position);
    };
    return { lengthAt, source: options.segmentField ?? 'redefineRules', isInField: false };
  }
  const { sizeAt } = reader;
  if (sizeAt === undefined) return undefined;
  const lengthAt = (bytes: Buffer, position: number): number | undefined => {
    const state = stateOf(bytes);
    kinds?.choose(state, position);
    reader.read(state, position);
    const size = sizeAt(state, position);
    return hasFault(state, 'copybook.occurs') ? undefined : size;
  };
  return { lengthAt, source: 'OCCURS DEPENDING ON', isInField: false };
}

const hasFault = ({ faults }: ReadState, rule: ReadFault['rule']): boolean =>
  faults.some((fault) => fault.rule === rule);
