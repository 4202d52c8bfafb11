/** One HL7 v2 segment as a group: members named by field number, components below them, repetitions as lists. */
import type { Cell, CellGroup } from '../reader.ts';
import { unescaped } from './escapes.ts';

/** The separators of one message, from MSH-1 and MSH-2. */
export interface Separators {
  readonly field: string;
  readonly component: string;
  readonly repetition: string;
  readonly escape: string;
  readonly subcomponent: string;
}

/** @param header the MSH segment. Separators that MSH-2 leaves out are the usual ones. */
export function separatorsOf(header: string): Separators | undefined {
  const field = header[3];
  if (field === undefined || /[\w\s]/.test(field)) return undefined;
  const codes = header.slice(4).split(field, 1)[0] ?? '';
  return {
    field,
    component: codes[0] ?? '^',
    repetition: codes[1] ?? '~',
    escape: codes[2] ?? '\\',
    subcomponent: codes[3] ?? '&',
  };
}

/** @param place number of the segment in its message, kept as `#` so that the order is not lost */
export function segmentGroup(segment: string, place: number, separators: Separators): CellGroup {
  const group: Record<string, Cell> = { '#': place };
  const fields = segment.split(separators.field);
  const header = segment.startsWith('MSH');
  if (header) group['1'] = separators.field;
  for (let i = 1; i < fields.length; i += 1) {
    const text = fields[i] ?? '';
    if (text === '') continue;
    const number = header ? i + 1 : i;
    group[String(number)] = header && number === 2 ? text : fieldValue(text, separators);
  }
  return group;
}

function fieldValue(text: string, separators: Separators): Cell {
  if (!text.includes(separators.repetition)) return componentsOf(text, separators);
  return text.split(separators.repetition).map((repetition) => componentsOf(repetition, separators));
}

function componentsOf(text: string, separators: Separators): Cell {
  return parts(text, separators.component, (part) =>
    parts(part, separators.subcomponent, (leaf) => leafOf(leaf, separators)),
  );
}

/** A group by position where the separator stands, else the value alone. */
function parts(text: string, separator: string, inner: (part: string) => Cell): Cell {
  if (!text.includes(separator)) return inner(text);
  const group: Record<string, Cell> = {};
  for (const [index, part] of text.split(separator).entries())
    if (part !== '') group[String(index + 1)] = inner(part);
  return group;
}

/** `""` says that a value is deleted: null. */
const leafOf = (text: string, separators: Separators): Cell =>
  text === '""' ? null : unescaped(text, separators);
