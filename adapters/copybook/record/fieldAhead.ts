import { unknownName } from './fieldNames.ts';
import type { RecordReader } from './recordReader.ts';
import { everyView, type ReadState, type Traced } from './recordState.ts';

/** Value of a field of the record that begins at a position; undefined where the record ends before it, or its bytes are invalid. */
export type FieldAhead = (state: ReadState, at: number) => string | number | null | undefined;

/**
 * Reads one field before its record is read, at its position with every list full.
 * @param blank a state over a record of blanks @throws Problem copybook_reference
 */
export function fieldAhead(name: string, reader: RecordReader, blank: ReadState): FieldAhead {
  const path = reader.pathOf(name).join('/');
  const found: Traced[] = [];
  reader.read({ ...blank, chosen: everyView, trace: (traced) => found.push(traced) }, 0);
  const place = found.find((traced) => traced.path === path);
  const leaf = reader.leaves.get(path);
  if (place === undefined || leaf === undefined) throw unknownName(name);
  const { at: offset, size } = place;
  return (state, at) => {
    const start = at + offset;
    const end = start + size;
    if (end > state.end) return undefined;
    const value = leaf.read(state, start, end);
    // a doubt about it is reported when its record is read
    return value === undefined ? leaf.forgive?.(state, start, end)?.value : value;
  };
}
