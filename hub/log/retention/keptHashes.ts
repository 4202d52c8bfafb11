import { destructionUnit } from '../../../log/destruction.ts';
import { readTiles, tileWidth } from '../store/tiles.ts';
import type { Reader } from '../../platform/database/reader.ts';

/** Leaf hashes of a unit from its tiles; undefined where one is not there. */
export async function keptHashes(reader: Reader, first: number): Promise<readonly Uint8Array[] | undefined> {
  const from = first / tileWidth;
  const tiles = await readTiles(reader, 0, from, from + destructionUnit / tileWidth);
  const hashes = [...tiles].sort(([a], [b]) => a - b).flatMap(([, tile]) => tile);
  return hashes.length === destructionUnit ? hashes : undefined;
}
