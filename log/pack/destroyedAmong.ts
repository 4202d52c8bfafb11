/** Of entries that are proven: which of those that are not here were destroyed, because one that is here tells it. */
import {
  acceptOlderOperation,
  destructionIn,
  destructionOperation,
  destructionUnit,
  isOrdered,
  isReported,
  type ReportedDestruction,
} from '../destruction.ts';
import type { Leaf } from '../leaf.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import { parseLeaf } from '../parseLeaf.ts';
import type { LeafRange } from '../tree/proofRanges.ts';
import type { ProvenEntry } from './provenEntry.ts';

export interface DestroyedUnit extends ReportedDestruction {
  /** of the entry that tells it */
  readonly index: number;
}

const markOf = (operation: string): Buffer => Buffer.from(`"operation":"${operation}"`);
const destruction = markOf(destructionOperation);
const orderings = ['acceptProposal', acceptOlderOperation].map(markOf);

/** Whether some of these bytes may be of a leaf that tells a destruction. */
export const mayTellDestruction = (bytes: Buffer): boolean => bytes.includes(destruction);

/**
 * A unit counts where its destruction, the order of two persons and every entry of it that stays are among the proven ones. Ascending.
 * @param entries ascending by index, well-formed
 */
export function destroyedAmong(entries: readonly ProvenEntry[]): readonly DestroyedUnit[] {
  const reported = holding(
    entries.filter(({ mayTell: mayReport }) => mayReport !== false),
    [destruction],
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
    const said = destructionIn(leaf);
    if (said === undefined) continue;
    const { first } = said;
    const begin = placeOf(entries, first);
    const stays = entries
      .slice(begin, begin + destructionUnit)
      .flatMap((one) => (one.index < first + destructionUnit ? [one.index] : []));
    if (isReported({ first, stays }, leaf, orders.get(said.order))) units.push({ ...said, index });
  }
  return units.sort((a, b) => a.first - b.first);
}

/**
 * Units whose destruction is told by one of these entries, by an order among them. Of which entries stay nothing is compared: it names what
 * is gone, and completes nothing. Ascending.
 */
export function reportedAmong(
  entries: readonly { readonly index: number; readonly leaf: Leaf }[],
  telling: readonly number[],
): readonly DestroyedUnit[] {
  const leaves = new Map(entries.map(({ index, leaf }) => [index, leaf]));
  const orders = new Map(entries.map(({ leaf }) => [leaf.id, leaf]));
  return telling
    .flatMap((index) => {
      const leaf = leaves.get(index);
      const said = leaf === undefined ? undefined : destructionIn(leaf);
      return said !== undefined && isOrdered(said, orders.get(said.order)) ? [{ ...said, index }] : [];
    })
    .sort((a, b) => a.first - b.first);
}

/** Where the first entry from an index on stands among ascending ones. */
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
 * Entries that hold one of these marks. Parsing every leaf of a large pack would cost more than proving it, and so would a search of each
 * leaf: the leaves of a range stand in few large rooms, and a room without a mark has no leaf with one.
 */
function holding(entries: readonly ProvenEntry[], marks: readonly Buffer[]): readonly ProvenEntry[] {
  const rooms = new Map<ArrayBufferLike, boolean>();
  return entries.filter(({ bytes }) => {
    const { buffer } = bytes;
    let known = rooms.get(buffer);
    if (known === undefined) rooms.set(buffer, (known = hasAny(Buffer.from(buffer), marks)));
    return known && hasAny(Buffer.from(buffer, bytes.byteOffset, bytes.byteLength), marks);
  });
}

const hasAny = (bytes: Buffer, marks: readonly Buffer[]): boolean =>
  marks.some((mark) => bytes.includes(mark));

/** What is left of ranges without the units that were destroyed. */
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

/** Which entries were destroyed, when, by which rules, and which entry says so; empty where none were. */
export function destroyedText(units: readonly DestroyedUnit[]): Bilingual {
  const more = units.length > maxNamed ? `… (${units.length})` : '';
  const shown = units.slice(0, maxNamed);
  return {
    zh: shown
      .map(
        ({ first, last, entries, at, rules, index }) =>
          `第 ${first}–${last} 条中的 ${entries} 条已于 ${at.slice(0, 10)} 按期限规则（${rules}）销毁，见第 ${index} 条`,
      )
      .concat(more === '' ? [] : [more])
      .join('；'),
    en: shown
      .map(
        ({ first, last, entries, at, rules, index }) =>
          `${entries} of the entries ${first}–${last} were destroyed on ${at.slice(0, 10)} under the rules ${rules}, entry ${index}`,
      )
      .concat(more === '' ? [] : [more])
      .join('; '),
  };
}
