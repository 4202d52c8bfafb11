/** Tiles are derived, so nothing but the entries says whether they are right: an altered one would spoil every proof through it. */
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import { sameHash } from '../../../log/hash.ts';
import { readTiles, tileWidth } from '../store/tiles.ts';
import type { Reader } from '../../platform/database/reader.ts';
import type { StoredEntry } from '../store/entries.ts';
import { hashesBelow } from '../deriveTiles.ts';

/**
 * Altered tiles among those whose last entry is one of `from … to − 1`, each named by its first entry.
 * @param entries those of the range, with their stored hashes
 */
export async function tileFindings(
  reader: Reader,
  from: number,
  to: number,
  entries: readonly Pick<StoredEntry, 'index' | 'hash'>[],
): Promise<LogFinding[]> {
  const findings: LogFinding[] = [];
  const hashes = new Map(entries.map(({ index, hash }) => [index, hash]));
  for (let level = 0, span = tileWidth; span <= to; level += 1, span *= tileWidth) {
    const [first, end] = [Math.floor(from / span), Math.floor(to / span)];
    for (const [n, tile] of await readTiles(reader, level, first, end)) {
      const start = n * tileWidth;
      // entries before this range were compared with their bytes when their turn came
      const below =
        level === 0 && start >= from
          ? tile.map((_, at) => hashes.get(start + at))
          : await hashesBelow(reader, level, start, start + tileWidth);
      const agrees = tile.every((hash, at) => {
        const own = below[at];
        return own === undefined || sameHash(hash, own);
      });
      if (!agrees) findings.push(logFinding('tile_altered', { index: n * span, level }));
    }
  }
  return findings;
}
