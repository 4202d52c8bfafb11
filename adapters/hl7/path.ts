import type { Cell, CellGroup, RawRecord } from '../reading/reader.ts';

const notation =
  /^([A-Z][A-Z0-9]{2})(?:\[(\d{1,4})\])?-(\d{1,3})(?:\[(\d{1,4})\])?(?:\.(\d{1,3}))?(?:\.(\d{1,3}))?$/;

/**
 * `PID-5.1`, `OBX[2]-5`, `PID-3[2].4.2`: segment, field, component, subcomponent as HL7 writes them; segments and repetitions are
 * counted from 1, the first where none is named. Undefined for any other text.
 */
export function hl7Getter(path: string): ((record: RawRecord) => Cell) | undefined {
  const match = notation.exec(path);
  if (match === null) return undefined;
  const [, segment = '', occurrence = '1', field = '', repetition = '1', component, subcomponent] = match;
  return (record) => {
    const named = (record as CellGroup)[path];
    if (named !== undefined) return named; // a field of another format that happens to be called so
    const group = nth((record as CellGroup)[segment], Number(occurrence));
    if (typeof group !== 'object' || group === null) return undefined;
    const value = nth((group as CellGroup)[field], Number(repetition));
    return part(part(value, component), subcomponent);
  };
}

const nth = (value: Cell, number: number): Cell =>
  Array.isArray(value) ? (value as Cell[])[number - 1] : number === 1 ? value : undefined;

/** The first part of a value without parts is the value. */
function part(value: Cell, name: string | undefined): Cell {
  if (name === undefined || value === undefined || value === null) return value;
  if (typeof value === 'object') return (value as CellGroup)[name];
  return name === '1' ? value : undefined;
}
