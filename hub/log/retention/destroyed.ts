/** Reports which entries were destroyed, according to entries of the log. Readers compare gaps with it. */
import {
  destructionUnit,
  destructionIn,
  hashesDigest,
  isRecorded,
  type ReportedDestruction,
} from '../../../log/destruction.ts';
import { logFinding, type LogFinding } from '../../../log/finding.ts';
import { leafHash, sameHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { entriesOfExchanges } from '../store/entries.ts';
import { destructionsBetween, type DestructionRow } from '../store/retention.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { leafIn } from '../search/leaves.ts';
import { storedHashes } from './provenLeaves.ts';
import { toBase64 } from '../../../log/base64.ts';
import { newestCheckpoint, type LogAccess } from '../evidence/logAccess.ts';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { writeDurably } from '../../../machine/writeDurably.ts';
import { exportPack } from '../evidence/exportPack.ts';
import { defined } from '../../../terms/defined.ts';

export interface Destroyed {
  /** by index, of the destroyed entries; undefined: its hash is no longer available */
  readonly hashes: ReadonlyMap<number, Uint8Array | undefined>;
  readonly findings: readonly LogFinding[];
}

/** Destructions among the entries `from … to − 1`. A destruction that no entry records is ignored: its entries are missing. */
export async function destroyedBetween(reader: Reader, from: number, to: number): Promise<Destroyed> {
  const hashes = new Map<number, Uint8Array | undefined>();
  const findings: LogFinding[] = [];
  const rows = await destructionsBetween(reader, { from, to, width: destructionUnit });
  for (const [row, leaf] of await recordingLeaves(reader, rows)) {
    const stored = await storedHashes(reader, row.first);
    const sound = stored !== undefined && destructionIn(leaf)?.hashes === hashesDigest(stored);
    if (!sound) findings.push(logFinding('destroyed_hashes_altered', { index: row.first }));
    const stays = new Set(row.stays);
    for (let at = 0; at < destructionUnit; at += 1) {
      const index = row.first + at;
      if (index >= from && index < to && !stays.has(index)) hashes.set(index, sound ? stored[at] : undefined);
    }
  }
  return { hashes, findings };
}

/** The entry that records a destruction; undefined if there is none. */
export const recordingLeaf = async (reader: Reader, row: DestructionRow): Promise<Leaf | undefined> =>
  (await recordingLeaves(reader, [row])).get(row);

/** Rows whose entries are read at once. */
const maxEntries = 500;

/** The entries that record these destructions. A row that no entry records is left out. */
export async function recordingLeaves(
  reader: Reader,
  rows: readonly DestructionRow[],
): Promise<ReadonlyMap<DestructionRow, Leaf>> {
  const recording = new Map<DestructionRow, Leaf>();
  for (let at = 0; at < rows.length; at += maxEntries) {
    const some = rows.slice(at, at + maxEntries);
    const ids = [...new Set(some.flatMap(({ exchange, order }) => [exchange, order]))];
    const leaves = new Map(
      (await entriesOfExchanges(reader, ids)).flatMap(({ leaf, hash, columns }) => {
        const read = sameHash(leafHash(leaf), hash) ? leafIn(leaf) : undefined;
        return read === undefined ? [] : [[columns.id, read] as const];
      }),
    );
    for (const row of some) {
      const reported = leaves.get(row.exchange);
      if (reported !== undefined && isRecorded(row, reported, leaves.get(row.order)))
        recording.set(row, reported);
    }
  }
  return recording;
}

/** A destroyed unit, with all data that a verification on another machine needs. */
interface ListedDestruction extends Omit<ReportedDestruction, 'stays' | 'hashes'> {
  /** indexes of the remaining entries */
  readonly stays: readonly number[];
  /** leaf hashes of the unit, concatenated, base64; absent if they are no longer available */
  readonly hashes?: string;
  /** index of the entries that record and that ordered it; absent if they are after the checkpoint */
  readonly index?: number;
  readonly orderIndex?: number;
}

/** Units per page: 32 KB of hashes each. */
const maxListed = 100;

/** Destroyed units from an entry on, ascending, as recorded by entries of the log. @returns `next`: the index to continue from */
export async function listDestroyed(
  access: LogAccess,
  from: number,
): Promise<{ readonly destructions: readonly ListedDestruction[]; readonly next?: number }> {
  const reader = access.database.app;
  const { size } = newestCheckpoint(access);
  const destructions: ListedDestruction[] = [];
  const rows = await destructionsBetween(reader, {
    from,
    to: size,
    width: destructionUnit,
    maxUnits: maxListed,
  });
  const recording = await recordingLeaves(reader, rows);
  const ids = [...new Set([...recording.keys()].flatMap(({ exchange, order }) => [exchange, order]))];
  const places = new Map(
    (await entriesOfExchanges(reader, ids)).map(({ index, columns }) => [columns.id, index]),
  );
  for (const [row, leaf] of recording) {
    const reported = destructionIn(leaf);
    if (reported === undefined) continue;
    const stored = await storedHashes(reader, row.first);
    const [index, orderIndex] = [places.get(row.exchange), places.get(row.order)];
    destructions.push({
      ...reported,
      stays: row.stays,
      ...(stored === undefined ? {} : { hashes: toBase64(Buffer.concat(stored)) }),
      ...defined({ index, orderIndex }),
    });
  }
  const last = rows.length === maxListed ? rows.at(-1) : undefined;
  return { destructions, ...(last === undefined ? {} : { next: last.first + destructionUnit }) };
}

/* Exports the entries of a unit to a file before they are destroyed: a pack that can be verified with the log's public key alone. */

/**
 * Writes durably. @param first index of the unit's first entry
 * @returns hex SHA-256 of the file; undefined if the entries do not lead to the signed root
 */
export async function takeOut(access: LogAccess, first: number, folder: string): Promise<string | undefined> {
  const last = first + destructionUnit - 1;
  const pack = await exportPack(access, { from: first, to: last, compact: true });
  // a range is returned only if it leads to the signed root
  if (pack.ranges?.[0]?.leaves.length !== destructionUnit) return undefined;
  const text = `${JSON.stringify(pack)}\n`;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `entries-${first}-${last}.json`);
  await writeDurably(file, text);
  return createHash('sha256').update(text).digest('hex');
}
