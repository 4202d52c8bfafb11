/** Names of the files of a mirrored log (C2SP tlog-tiles): thousands of an index stand in folders `x001/`. */
import type { TreeHead } from './tree/verifyProof.ts';

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

export interface TilePlace {
  readonly level: number;
  readonly index: number;
  /** how many, 1 … 256 */
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
