/** Builds records from the segments of one message. */
import type { Cell, CellGroup } from '../reading/reader.ts';

/** Segments in their order, each with its name. */
export type Named = readonly (readonly [string, CellGroup])[];

/** A segment that occurs once is a group; one that occurs several times is a list. */
export function whole(groups: Named): CellGroup {
  const record: Record<string, Cell> = {};
  for (const [name, group] of groups) {
    const known = record[name];
    if (known === undefined) record[name] = group;
    else if (Array.isArray(known)) (known as Cell[]).push(group);
    else record[name] = [known, group];
  }
  return record;
}

/** One record for each segment of a name, with the nearest preceding segment of every other name, and its position among the segments. */
export function byRow(
  groups: Named,
  wanted: string,
): { readonly record: CellGroup; readonly place: number }[] {
  const records: { readonly record: CellGroup; readonly place: number }[] = [];
  const before: Record<string, Cell> = {};
  for (const [place, [name, group]] of groups.entries()) {
    if (name === wanted) records.push({ record: { ...before, [name]: group }, place });
    else before[name] = group;
  }
  return records;
}
