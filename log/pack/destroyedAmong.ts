/** Finds which of the absent entries were destroyed, according to proven entries that are present. */
import {
  acceptOlderOperation,
  destructionIn,
  destructionOperation,
  destructionUnit,
  isOrdered,
  isRecorded,
  type ReportedDestruction,
} from '../destruction.ts';
import { dayOf } from '../entryQuestion.ts';
import type { Leaf } from '../leaf.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { parseLeaf } from '../parseLeaf.ts';
import type { LeafRange } from '../tree/proofRanges.ts';
import type { ProvenEntry } from './provenEntry.ts';

export interface DestroyedUnit extends ReportedDestruction {
  /** of the entry that records it */
  readonly index: number;
}

const markOf = (operation: string): Buffer => Buffer.from(`"operation":"${operation}"`);
const destructionMark = markOf(destructionOperation);
const orderings = ['acceptProposal', acceptOlderOperation].map(markOf);

/** Whether these bytes may contain a leaf that records a destruction. */
export const mayRecordDestruction = (bytes: Buffer): boolean => bytes.includes(destructionMark);

/**
 * A unit counts if its destruction, the order of two persons and all its remaining entries are proven. Ascending.
 * @param entries ascending by index, well-formed
 */
export function destroyedAmong(entries: readonly ProvenEntry[]): readonly DestroyedUnit[] {
  const reported = holding(
    entries.filter(({ mayRecordDestruction: mayReport }) => mayReport !== false),
    [destructionMark],
  );
  if (reported.length === 0) return [];
  const orders = new Map<string, Leaf>();
  for (const { bytes } of holding(entries, orderings)) {
    const leaf = parseLeaf(bytes);
    orders.set(leaf.id, leaf);
  }
  const units: DestroyedUnit[] = [];
  for (const { index, bytes } of reported) {
    const leaf = parseLeaf(bytes);
    const destruction = destructionIn(leaf);
    if (destruction === undefined) continue;
    const { first } = destruction;
    const begin = placeOf(entries, first);
    const stays = entries
      .slice(begin, begin + destructionUnit)
      .flatMap((one) => (one.index < first + destructionUnit ? [one.index] : []));
    if (isRecorded({ first, stays }, leaf, orders.get(destruction.order)))
      units.push({ ...destruction, index });
  }
  return units.sort((a, b) => a.first - b.first);
}

/**
 * Units whose destruction one of these entries records, by an order among them. The remaining entries are not compared: the result names
 * missing entries and does not complete a range. Ascending.
 */
export function reportedAmong(
  entries: readonly { readonly index: number; readonly leaf: Leaf }[],
  recording: readonly number[],
): readonly DestroyedUnit[] {
  const leaves = new Map(entries.map(({ index, leaf }) => [index, leaf]));
  const orders = new Map(entries.map(({ leaf }) => [leaf.id, leaf]));
  return recording
    .flatMap((index) => {
      const leaf = leaves.get(index);
      const destruction = leaf === undefined ? undefined : destructionIn(leaf);
      return destruction !== undefined && isOrdered(destruction, orders.get(destruction.order))
        ? [{ ...destruction, index }]
        : [];
    })
    .sort((a, b) => a.first - b.first);
}

/** The position of the first entry from an index on, among ascending ones. */
function placeOf(entries: readonly ProvenEntry[], index: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((entries[middle]?.index ?? index) < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * Entries that contain one of these marks. Parsing or searching each leaf of a large pack would cost more than proving it. The leaves of a
 * range share few large buffers, and a buffer without a mark has no leaf with one.
 */
function holding(entries: readonly ProvenEntry[], marks: readonly Buffer[]): readonly ProvenEntry[] {
  const buffers = new Map<ArrayBufferLike, boolean>();
  return entries.filter(({ bytes }) => {
    const { buffer } = bytes;
    let known = buffers.get(buffer);
    if (known === undefined) buffers.set(buffer, (known = hasAny(Buffer.from(buffer), marks)));
    return known && hasAny(Buffer.from(buffer, bytes.byteOffset, bytes.byteLength), marks);
  });
}

const hasAny = (bytes: Buffer, marks: readonly Buffer[]): boolean =>
  marks.some((mark) => bytes.includes(mark));

/** Ranges without the destroyed units. */
export const withoutDestroyed = (
  ranges: readonly LeafRange[],
  units: readonly DestroyedUnit[],
): readonly LeafRange[] =>
  units.reduce<readonly LeafRange[]>(
    (left, { first, last }) =>
      left.flatMap((range) =>
        [
          { first: range.first, end: Math.min(range.end, first) },
          { first: Math.max(range.first, last + 1), end: range.end },
        ].filter((one) => one.end > one.first),
      ),
    ranges,
  );

const maxNamed = 8;

/** Text about which entries were destroyed, when, by which rules, and by which entry; empty if there were none. */
export function destroyedText(units: readonly DestroyedUnit[]): Bilingual {
  const more = units.length > maxNamed ? `… (${units.length})` : '';
  const shown = units.slice(0, maxNamed);
  return {
    zh: shown
      .map(
        ({ first, last, entries, at, rules, index }) =>
          `第 ${first}–${last} 条中的 ${entries} 条已于 ${dayOf(at)} 按期限规则（${rules}）销毁，见第 ${index} 条`,
      )
      .concat(more === '' ? [] : [more])
      .join('；'),
    en: shown
      .map(
        ({ first, last, entries, at, rules, index }) =>
          `${entries} of the entries ${first}–${last} were destroyed on ${dayOf(at)} under the rules ${rules}, entry ${index}`,
      )
      .concat(more === '' ? [] : [more])
      .join('; '),
  };
}
