/** Which entries were destroyed, as entries of the log tell it: whoever reads the log holds the gaps against this. */
import { destructionUnit, destructionIn, hashesDigest, isTold } from '../../../log/destruction.ts';
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import { leafHash, sameHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { entriesOfExchanges } from '../store/entries.ts';
import { destructionsBetween, type DestructionRow } from '../store/retention.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { leafIn } from '../search/leafIn.ts';
import { keptHashes } from './keptHashes.ts';

export interface Destroyed {
  /** by index, of the entries that went; undefined: its hash cannot be had any more */
  readonly hashes: ReadonlyMap<number, Uint8Array | undefined>;
  readonly findings: readonly LogFinding[];
}

/** Of the entries `from … to − 1`. A destruction that no entry tells counts for nothing: its entries are missing. */
export async function destroyedBetween(reader: Reader, from: number, to: number): Promise<Destroyed> {
  const hashes = new Map<number, Uint8Array | undefined>();
  const findings: LogFinding[] = [];
  const rows = await destructionsBetween(reader, { from, to, width: destructionUnit });
  for (const [row, leaf] of await tellingLeaves(reader, rows)) {
    const kept = await keptHashes(reader, row.first);
    const sound = kept !== undefined && destructionIn(leaf)?.hashes === hashesDigest(kept);
    if (!sound) findings.push(logFinding('destroyed_hashes_altered', { index: row.first }));
    const stays = new Set(row.stays);
    for (let at = 0; at < destructionUnit; at += 1) {
      const index = row.first + at;
      if (index >= from && index < to && !stays.has(index)) hashes.set(index, sound ? kept[at] : undefined);
    }
  }
  return { hashes, findings };
}

/** The entry that tells a destruction; undefined where none does. */
export const tellingLeaf = async (reader: Reader, row: DestructionRow): Promise<Leaf | undefined> =>
  (await tellingLeaves(reader, [row])).get(row);

/** Rows whose entries are read at once. */
const most = 500;

/** The entries that tell these destructions. A row that no entry tells is none of them. */
export async function tellingLeaves(
  reader: Reader,
  rows: readonly DestructionRow[],
): Promise<ReadonlyMap<DestructionRow, Leaf>> {
  const telling = new Map<DestructionRow, Leaf>();
  for (let at = 0; at < rows.length; at += most) {
    const some = rows.slice(at, at + most);
    const ids = [...new Set(some.flatMap(({ exchange, order }) => [exchange, order]))];
    const leaves = new Map(
      (await entriesOfExchanges(reader, ids)).flatMap(({ leaf, hash, columns }) => {
        const read = sameHash(leafHash(leaf), hash) ? leafIn(leaf) : undefined;
        return read === undefined ? [] : [[columns.id, read] as const];
      }),
    );
    for (const row of some) {
      const told = leaves.get(row.exchange);
      if (told !== undefined && isTold(row, told, leaves.get(row.order))) telling.set(row, told);
    }
  }
  return telling;
}
