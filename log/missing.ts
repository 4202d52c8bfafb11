/** Entries that belong in an answer according to search index and subject tokens, but are missing from the log: they were removed. */
import type { Bilingual } from '../terms/bilingual.ts';
import type { TreeHead } from './tree/verifyProof.ts';

/** Missing entries as listed in answers and evidence. Entries destroyed after their retention period are not included. */
export interface Missing {
  /** indexes; absent if none is missing */
  readonly missing?: readonly number[];
  /** there are more than are listed */
  readonly moreMissing?: true;
}

/** Maximum of ranges in the text; beyond it the text says that there are more. */
const maxRanges = 40;

/** The missing entries of an answer as text; undefined if there are none. */
export function missingText({ missing = [], moreMissing }: Missing): Bilingual | undefined {
  if (missing.length === 0) return undefined;
  const ranges = rangesOf(missing);
  const more = ranges.length > maxRanges ? [`… (${ranges.length - maxRanges})`] : [];
  const named = [...ranges.slice(0, maxRanges), ...more];
  const [least, atLeast] = moreMissing === true ? ['至少', 'at least '] : ['', ''];
  return {
    zh: `另有${least} ${missing.length} 条应在此列，日志中却没有，被人取走：第 ${named.join('、')} 条`,
    en: `${atLeast}${missing.length} more belong here and are missing from the log; they were removed: ${named.join(', ')}`,
  };
}

/** Joins consecutive numbers, ascending: 7, 12–40. */
function rangesOf(indexes: readonly number[]): readonly string[] {
  const ranges: { first: number; last: number }[] = [];
  for (const index of [...indexes].sort((a, b) => a - b)) {
    const range = ranges.at(-1);
    if (range?.last === index - 1) range.last = index;
    else ranges.push({ first: index, last: index });
  }
  return ranges.map(({ first, last }) => (first === last ? `${first}` : `${first}–${last}`));
}

/** Text for the person concerned, with only the number of missing entries. */
export const missingAboutPerson = (missing: number): Bilingual => ({
  zh: `另有 ${missing} 条涉及您的记录已不在日志中，被人取走：谁查了什么已不可知。请向数据主管部门的审计员反映`,
  en: `${missing} more entries about you are missing from the log; they were removed. What was accessed by whom is no longer known. Inform the auditors of the data office`,
});

/* Concatenated entries, each after its length in two bytes, as in entry bundles of C2SP tlog-tiles. */

/** The bundle. @throws RangeError for a leaf longer than 65,535 bytes: the log has none */
export function packBundle(leaves: readonly Uint8Array[]): Buffer {
  const bundle = Buffer.allocUnsafe(leaves.reduce((sum, { length }) => sum + 2 + length, 0));
  let at = 0;
  for (const leaf of leaves) {
    at = bundle.writeUInt16BE(leaf.length, at);
    bundle.set(leaf, at);
    at += leaf.length;
  }
  return bundle;
}

/** The complete leaves: a truncated one is left out. */
export function readBundle(bundle: Uint8Array): Uint8Array[] {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at + 2 <= bundle.length;) {
    const end = at + 2 + (((bundle[at] ?? 0) << 8) | (bundle[at + 1] ?? 0));
    if (end > bundle.length) break;
    leaves.push(bundle.subarray(at + 2, end));
    at = end;
  }
  return leaves;
}

/* File names of a mirrored log (C2SP tlog-tiles): the thousands of an index are folders `x001/`. */

/** Hashes of a full tile. */
const width = 256;

/** @param hashes of a partial tile; absent for a full one */
export function tilePath(level: number, index: number, hashes?: number): string {
  const groups: string[] = [];
  for (let rest = index; ; rest = Math.floor(rest / 1000)) {
    groups.unshift(String(rest % 1000).padStart(3, '0'));
    if (rest < 1000) break;
  }
  const last = groups.pop() ?? '';
  const path = [...groups.map((group) => `x${group}`), last].join('/');
  return `tile/${level}/${path}${hashes === undefined ? '' : `.p/${hashes}`}`;
}

interface TilePlace {
  readonly level: number;
  readonly index: number;
  /** number of hashes, 1 … 256 */
  readonly hashes: number;
}

/** The tiles of a tree that are new since it had `from` entries, partial ones at its right edge included. */
export function tilesSince(from: number, { size }: Pick<TreeHead, 'size'>): TilePlace[] {
  const places: TilePlace[] = [];
  for (let level = 0, old = from, nodes = size; nodes > 0; level += 1) {
    for (let index = Math.floor(old / width); index * width < nodes; index += 1) {
      const hashes = Math.min(width, nodes - index * width);
      if (index * width + hashes > old) places.push({ level, index, hashes });
    }
    old = Math.floor(old / width);
    nodes = Math.floor(nodes / width);
  }
  return places;
}
