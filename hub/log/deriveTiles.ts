import { entryHashesOrGaps } from './store/seen.ts';
import { foldEntries, insertTiles, readTiles, tilesToDerive, tileWidth } from './store/tiles.ts';
import type { Reader } from '../platform/database/reader.ts';
import { rootOf } from './prover.ts';

/** tiles per read */
const stride = 64;

/**
 * Derives the missing full tiles of the first `size` entries, level by level. Repeatable; its cost is proportional to the entries appended
 * since the last call. A tile with a missing entry is left out until the entry is restored; the others are derived.
 */
export async function deriveTiles(reader: Reader, size: number): Promise<void> {
  for (let level = 0, nodes = size; nodes >= tileWidth; level += 1, nodes = Math.floor(nodes / tileWidth)) {
    const wanted = await tilesToDerive(reader, level, Math.floor(nodes / tileWidth));
    for (let at = 0; at < wanted.length;) {
      const [first = 0] = wanted.slice(at);
      let end = first + 1;
      at += 1;
      for (; at < wanted.length && wanted[at] === end && end - first < stride; at += 1) end += 1;
      const made = level === 0 ? await foldEntries(reader, first, end) : new Set<number>();
      if (made.size === end - first) continue;
      const hashes = await hashesBelow(reader, level, first * tileWidth, end * tileWidth);
      const tiles = new Map<number, readonly Uint8Array[]>();
      for (let n = first; n < end; n += 1) {
        const place = (n - first) * tileWidth;
        const tile = hashes.slice(place, place + tileWidth).flatMap((hash) => hash ?? []);
        if (tile.length === tileWidth) tiles.set(n, tile);
      }
      if (tiles.size > 0) await insertTiles(reader, level, tiles);
    }
  }
}

/** The hashes that tiles of a level consist of: leaf hashes, or the roots of the tiles one level below. */
export async function hashesBelow(
  reader: Reader,
  level: number,
  from: number,
  to: number,
): Promise<readonly (Uint8Array | undefined)[]> {
  if (level === 0) {
    const hashes = await entryHashesOrGaps(reader, from, to);
    return hashes.includes(undefined) ? fromTiles(reader, hashes, from) : hashes;
  }
  const roots: (Uint8Array | undefined)[] = [];
  for (let first = from; first < to; first += tileWidth) {
    const end = Math.min(first + tileWidth, to);
    const tiles = await readTiles(reader, level - 1, first, end);
    for (let n = first; n < end; n += 1) {
      const tile = tiles.get(n);
      roots.push(tile === undefined ? undefined : rootOf(tile));
    }
  }
  return roots;
}

/** Hashes of missing entries, as stored in the tiles. */
async function fromTiles(
  reader: Reader,
  hashes: readonly (Uint8Array | undefined)[],
  from: number,
): Promise<readonly (Uint8Array | undefined)[]> {
  const end = Math.ceil((from + hashes.length) / tileWidth);
  const tiles = await readTiles(reader, 0, Math.floor(from / tileWidth), end);
  return hashes.map((hash, at) => {
    const index = from + at;
    return hash ?? tiles.get(Math.floor(index / tileWidth))?.[index % tileWidth];
  });
}
