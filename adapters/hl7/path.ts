import { oneOf, type Cell, type CellGroup, type RawRecord } from '../reading/reader.ts';

/** Leading zeros occur only in mappings of earlier releases: they name the same place. */
const notation =
  /^([A-Z][A-Z0-9]{2})(?:\[0*([1-9]\d{0,3})\])?-0*([1-9]\d{0,2})(?:\[0*([1-9]\d{0,3})\])?(?:\.0*([1-9]\d{0,2}))?(?:\.0*([1-9]\d{0,2}))?$/;
const likeNotation = /^[A-Z][A-Z0-9]{2}[-[]/;
const leadingZero = /(?<!\w)0/;

/** Whether a path of an HL7 message begins like the notation and is none: it matches nothing, such as `PID-3[0]`, or is not plain. */
export const isMiswritten = (path: string): boolean =>
  likeNotation.test(path) && (!notation.test(path) || leadingZero.test(path));

/**
 * `PID-5.1`, `OBX[2]-5`, `PID-3[2].4.2`: segment, field, component, subcomponent in HL7 notation; segments and repetitions are counted from
 * 1. Where no number is given and several have a value, the cell is the list of them: a list is no single value. Undefined for any other
 * text.
 */
export function hl7Getter(path: string): ((record: RawRecord) => Cell) | undefined {
  const match = notation.exec(path);
  if (match === null) return undefined;
  const [, segment = '', occurrence, field = '', repetition, component, subcomponent] = match;
  const inField = (value: Cell): Cell => part(part(value, component), subcomponent);
  const inSegment = (group: Cell): Cell =>
    typeof group === 'object' && group !== null
      ? ofEach((group as CellGroup)[field], repetition, inField)
      : undefined;
  return (record) => {
    const named = (record as CellGroup)[path];
    if (named !== undefined) return named; // a field of another format that has such a name
    return ofEach((record as CellGroup)[segment], occurrence, inSegment);
  };
}

/** Result of `read` for the item with a number. Without a number it covers every item; more than one value gives a list. */
function ofEach(value: Cell, number: string | undefined, read: (item: Cell) => Cell): Cell {
  if (!Array.isArray(value)) return number === undefined || number === '1' ? read(value) : undefined;
  if (number !== undefined) return read((value as Cell[])[Number(number) - 1]);
  return oneOf((value as Cell[]).map(read));
}

/** The first part of an undivided value is the value itself. */
function part(value: Cell, name: string | undefined): Cell {
  if (name === undefined || value === undefined || value === null) return value;
  if (typeof value === 'object') return (value as CellGroup)[name];
  return name === '1' ? value : undefined;
}
