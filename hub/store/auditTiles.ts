/** Tiles of the hash tree: 256 hashes of one level, full ones only. Derived, so they may be made again at any time. */
import type { Reader } from './reader.ts';

/** Hashes of one tile. */
export const tileWidth = 256;
const tileBytes = tileWidth * 32;

/** The tile's hashes, undefined where it has not been derived. */
export async function readTile(reader: Reader, level: number, n: number): Promise<Uint8Array[] | undefined> {
  const { rows } = await reader.query<{ hashes: Buffer }>(
    'SELECT hashes FROM audit_tile WHERE level = $1 AND n = $2',
    [level, n],
  );
  return rows[0] === undefined ? undefined : splitHashes(rows[0].hashes);
}

/** How many tiles of a level there are: they are made in order. */
export async function tileCount(reader: Reader, level: number): Promise<number> {
  const { rows } = await reader.query<{ next: string }>(
    'SELECT coalesce(max(n) + 1, 0) AS next FROM audit_tile WHERE level = $1',
    [level],
  );
  return Number(rows[0]?.next ?? 0);
}

/** Keeps tiles n, n + 1, … of a level. Another process may have done so a moment earlier. */
export async function insertTiles(
  reader: Reader,
  level: number,
  first: number,
  tiles: readonly (readonly Uint8Array[])[],
): Promise<void> {
  await reader.query(
    `INSERT INTO audit_tile (level, n, hashes)
     SELECT $1, $2::bigint + place - 1, hashes FROM unnest($3::bytea[]) WITH ORDINALITY AS t(hashes, place)
     ON CONFLICT DO NOTHING`,
    [level, first, tiles.map((hashes) => Buffer.concat(hashes))],
  );
}

function splitHashes(bytes: Buffer): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < tileBytes; at += 32) hashes.push(bytes.subarray(at, at + 32));
  return hashes;
}
