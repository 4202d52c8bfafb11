/** The parts of a compiled record: how fields, groups and lists are read and how many bytes they take. */
import type { Cell } from '../../reading/reader.ts';
import type { Leaf } from './leafReader.ts';
import type { Part, ReadCell, Sized } from './part.ts';
import type { ReadState } from './recordState.ts';
import { isThere, judgingViews } from './views.ts';

export function fixedGroup(parts: readonly Part[], alike: boolean): Pick<Sized, 'read' | 'reach'> {
  const offsets = parts.map((part) => part.at);
  const plain = parts.every((part) => !part.dropped && part.choice === undefined);
  const read: ReadCell = (state, at) => {
    const group: Record<string, Cell> = {};
    for (let i = 0; i < parts.length; i += 1) {
      const part = parts[i];
      if (part === undefined || part.dropped || !isThere(part, state)) continue;
      group[part.name] = part.read(state, at + (offsets[i] ?? 0));
    }
    return group;
  };
  return {
    read: judgingViews(parts, plain ? plainGroup(parts, offsets) : read, alike),
    reach: (state, at) =>
      parts.reduce(
        (reach, part) =>
          isThere(part, state) ? Math.max(reach, part.at + part.reach(state, at + part.at)) : reach,
        0,
      ),
  };
}

/** Builds a group of all parts: copying an object that has all its members is twice as fast as adding each of them. */
function plainGroup(parts: readonly Part[], offsets: readonly number[]): ReadCell {
  const names = parts.map(({ name }) => name);
  const reads = parts.map((part) => part.read);
  const blank: Readonly<Record<string, Cell>> = Object.fromEntries(names.map((name) => [name, null]));
  return (state, at) => {
    const group = { ...blank };
    for (let i = 0; i < reads.length; i += 1)
      group[names[i] ?? ''] = reads[i]?.(state, at + (offsets[i] ?? 0)) ?? null;
    return group;
  };
}

/** Parts follow one another, each with its length in this record. */
export function variableGroup(
  parts: readonly Part[],
  alike: boolean,
): Pick<Sized, 'read' | 'sizeAt' | 'reach'> {
  const walk = (state: ReadState, at: number, each: (part: Part, at: number) => void): number => {
    const starts: number[] = [];
    let position = at;
    for (const part of parts) {
      const start = part.over >= 0 ? (starts[part.over] ?? at) : position + part.slack;
      starts.push(start);
      if (!isThere(part, state)) continue;
      each(part, start);
      position = Math.max(part.over < 0 ? start : position, start + part.sizeAt(state, start));
    }
    return position - at;
  };
  const sizeAt: Sized['sizeAt'] = (state, at) => walk(state, at, () => undefined);
  return {
    read: judgingViews(
      parts,
      (state, at) => {
        const group: Record<string, Cell> = {};
        walk(state, at, (part, start) => {
          // an omitted part is still read: the size of a list in it is known only then
          const before = state.faults.length;
          const cell = part.read(state, start);
          if (part.dropped) state.faults.length = before;
          else group[part.name] = cell;
        });
        return group;
      },
      alike,
    ),
    sizeAt,
    reach: sizeAt,
  };
}

/** @param padded the record may end early where blanks were cut off (lines of text) */
export function tracedLeaf(leaf: Leaf, path: string, slot: number | undefined, padded: boolean): ReadCell {
  const { read, forgive, size, rule } = leaf;
  /** of a field that the record does not have in whole */
  const cutValue = (state: ReadState, at: number): string | number | null => {
    if (!padded) state.faults.push({ path, rule: 'copybook.short', at, size });
    return at >= state.end ? null : (read(state, at, state.end) ?? null);
  };
  const wholeValue = (state: ReadState, at: number): string | number | null => {
    const end = Math.min(at + size, state.end);
    const value = read(state, at, end);
    if (value !== undefined) return value;
    const forgiven = forgive?.(state, at, end);
    const why = forgiven === undefined ? rule : forgiven.rule;
    if (why !== undefined) state.faults.push({ path, rule: why, at, size });
    return forgiven?.value ?? null;
  };
  return (state, at) => {
    const isCut = at + size > state.end && (at >= state.end || !padded);
    const value = isCut ? cutValue(state, at) : wholeValue(state, at);
    if (state.signOf !== undefined && typeof value === 'string') {
      const sign = state.signOf(value, state.bytes, at, Math.min(at + size, state.end));
      if (sign !== undefined) state.faults.push({ path, rule: sign, at, size });
    }
    if (slot !== undefined) state.counts[slot] = typeof value === 'object' ? null : value;
    if (state.trace !== undefined) state.trace({ path, at, size, value });
    return value;
  };
}
