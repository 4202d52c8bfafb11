/** Tiles of the hash tree: 256 hashes of one level, full ones only. They are derived and can be rebuilt at any time. */
import type { Reader } from '../../platform/database/reader.ts';

/** Hashes of one tile. */
export const tileWidth = 256;
const tileBytes = tileWidth * 32;

/** Derived tiles among `first … end − 1`, by number. */
export async function readTiles(
  reader: Reader,
  level: number,
  first: number,
  end: number,
): Promise<Map<number, Uint8Array[]>> {
  const { rows } = await reader.query<{ n: string; hashes: Buffer }>(
    'SELECT n, hashes FROM audit_tile WHERE level = $1 AND n >= $2 AND n < $3',
    [level, first, end],
  );
  return new Map(rows.map(({ n, hashes }) => [Number(n), splitHashes(hashes)]));
}

/** The number of derived tiles below `end`. */
export async function countTiles(reader: Reader, level: number, end: number): Promise<number> {
  const { rows } = await reader.query<{ count: string }>(
    'SELECT count(*) FROM audit_tile WHERE level = $1 AND n >= 0 AND n < $2',
    [level, end],
  );
  return Number(rows[0]?.count ?? 0);
}

/**
 * Numbers of the tiles below `end` that have not been derived, ascending. Tiles are derived in order, except those with missing entries.
 */
export async function tilesToDerive(reader: Reader, level: number, end: number): Promise<number[]> {
  const { rows } = await reader.query<{ count: string; next: string }>(
    'SELECT count(*), coalesce(max(n) + 1, 0) AS next FROM audit_tile WHERE level = $1 AND n < $2',
    [level, end],
  );
  const [count, next] = [Number(rows[0]?.count ?? 0), Number(rows[0]?.next ?? 0)];
  const ahead = Array.from({ length: end - next }, (_, at) => next + at);
  if (count === next) return ahead;
  const left = await reader.query<{ n: string }>(
    `SELECT n FROM generate_series(0, $2::bigint - 1) AS n
      WHERE NOT EXISTS (SELECT 1 FROM audit_tile t WHERE t.level = $1 AND t.n = n.n) ORDER BY n`,
    [level, next],
  );
  return [...left.rows.map(({ n }) => Number(n)), ...ahead];
}

/** Stores tiles of a level, by number. Another process may have stored them before. */
export async function insertTiles(
  reader: Reader,
  level: number,
  tiles: ReadonlyMap<number, readonly Uint8Array[]>,
): Promise<void> {
  await reader.query(
    `INSERT INTO audit_tile (level, n, hashes)
     SELECT $1, n, hashes FROM unnest($2::bigint[], $3::bytea[]) AS t(n, hashes) ON CONFLICT DO NOTHING`,
    [level, [...tiles.keys()], [...tiles.values()].map((hashes) => Buffer.concat(hashes))],
  );
}

/**
 * Derives the tiles `first … end − 1` of the lowest level within the database, from complete entries, without transferring hashes. An
 * altered hash of another length would shift those after it, so no tile is derived from it. @returns numbers of the derived tiles
 */
export async function foldEntries(reader: Reader, first: number, end: number): Promise<ReadonlySet<number>> {
  const { rows } = await reader.query<{ n: string }>(
    // one tile at a time in index order: a single grouping would sort each tile
    `INSERT INTO audit_tile (level, n, hashes)
     SELECT 0, n, t.hashes FROM generate_series($1::bigint, $2::bigint - 1) AS n, LATERAL (
       SELECT string_agg(hash, ''::bytea) AS hashes, count(*) AS count, bool_and(octet_length(hash) = 32) AS sound FROM (
         SELECT hash FROM audit_entry
          WHERE idx >= n * ${tileWidth} AND idx < (n + 1) * ${tileWidth} AND idx >= $1::bigint * ${tileWidth} AND idx < $2::bigint * ${tileWidth}
          ORDER BY idx) AS e) AS t
      WHERE t.count = ${tileWidth} AND t.sound
     ON CONFLICT DO NOTHING RETURNING n`,
    [first, end],
  );
  return new Set(rows.map(({ n }) => Number(n)));
}

function splitHashes(bytes: Buffer): Uint8Array[] {
  const hashes: Uint8Array[] = [];
  for (let at = 0; at < tileBytes; at += 32) hashes.push(bytes.subarray(at, at + 32));
  return hashes;
}
