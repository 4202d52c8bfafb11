import { unknownName } from './fieldNames.ts';
import type { RecordReader } from './recordReader.ts';
import { everyView, type ReadState, type Traced } from './recordState.ts';

/** Value of one field of the record that begins at a position; undefined where the record ends before the field, or its bytes are invalid. */
export type PeekField = (state: ReadState, at: number) => string | number | null | undefined;

/**
 * Makes a function that reads one field of a record before the record is read. It takes the field's position in a record whose lists all
 * have their maximum length.
 * @param blank a state over a record of blanks
 * @throws Problem copybook_reference
 */
export function fieldPeeker(name: string, reader: RecordReader, blank: ReadState): PeekField {
  const path = reader.pathOf(name).join('/');
  const fields: Traced[] = [];
  reader.read({ ...blank, chosen: everyView, trace: (field) => fields.push(field) }, 0);
  const field = fields.find((one) => one.path === path);
  const leaf = reader.leaves.get(path);
  if (field === undefined || leaf === undefined) throw unknownName(name);
  return (state, at) => {
    const start = at + field.at;
    const end = start + field.size;
    if (end > state.end) return undefined;
    const value = leaf.read(state, start, end);
    // a doubt about it is reported when its record is read
    return value === undefined ? leaf.forgive?.(state, start, end)?.value : value;
  };
}
