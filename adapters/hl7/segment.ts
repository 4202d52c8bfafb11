/** One HL7 v2 segment as a group: members named by field number, components below them, repetitions as lists. */
import type { Cell, CellGroup } from '../reading/reader.ts';
import type { Escapes } from './escapes.ts';
import type { Separators } from './separators.ts';

/** @param place number of the segment in its message, stored as `#` to preserve the order */
export function segmentGroup(
  segment: string,
  place: number,
  separators: Separators,
  escapes: Escapes,
): CellGroup {
  const group: Record<string, Cell> = { '#': place };
  const fields = segment.split(separators.field);
  const header = segment.startsWith('MSH');
  if (header) group['1'] = separators.field;
  for (let i = 1; i < fields.length; i += 1) {
    const text = fields[i] ?? '';
    if (text === '') continue;
    const number = header ? i + 1 : i;
    escapes.field = number;
    group[String(number)] = header && number === 2 ? text : fieldValue(text, separators, escapes);
  }
  return group;
}

function fieldValue(text: string, separators: Separators, escapes: Escapes): Cell {
  if (!text.includes(separators.repetition)) return componentsOf(text, separators, escapes);
  return text.split(separators.repetition).map((repetition) => componentsOf(repetition, separators, escapes));
}

/** The parts of a divided component are always named by number, even if there is only one: OBR-15.1.2. */
function componentsOf(text: string, separators: Separators, escapes: Escapes): Cell {
  const { component, subcomponent } = separators;
  const divided = text.includes(component) || (subcomponent !== undefined && text.includes(subcomponent));
  if (!divided) return leafOf(text, escapes);
  return numbered(text, component, (part) =>
    subcomponent !== undefined && part.includes(subcomponent)
      ? numbered(part, subcomponent, (leaf) => leafOf(leaf, escapes))
      : leafOf(part, escapes),
  );
}

/** The non-empty parts, by position. */
function numbered(text: string, separator: string, inner: (part: string) => Cell): CellGroup {
  const group: Record<string, Cell> = {};
  for (const [index, part] of text.split(separator).entries())
    if (part !== '') group[String(index + 1)] = inner(part);
  return group;
}

/** `""` marks a deleted value: null. */
const leafOf = (text: string, escapes: Escapes): Cell => (text === '""' ? null : escapes.read(text));
