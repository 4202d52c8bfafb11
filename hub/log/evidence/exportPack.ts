/** Evidence that verifies without the hub. */
import { signCheckpoint } from '../../../log/checkpoint.ts';
import { packFile, type PackEntry, type PackFile, type PackHistory } from '../../../log/pack/pack.ts';
import { isRangeIncluded, packRange } from '../../../log/pack/packRange.ts';
import { isConsistent } from '../../../log/tree/verifyProof.ts';
import { entriesAt, entriesBetween, entriesOfExchanges, type StoredEntry } from '../store/entries.ts';
import { destructionsBetween, type DestructionRow } from '../store/retention.ts';
import type { Reader } from '../../platform/database/reader.ts';
import { destructionUnit } from '../../../log/destruction.ts';
import { AuditPaths } from '../../../log/tree/auditPaths.ts';
import { defined } from '../../../terms/defined.ts';
import { Problem } from '../../../terms/problem.ts';
import { StoredTree } from '../prover.ts';
import { storedCheckpoints, newestCheckpoint, type StoredCheckpoint, type LogAccess } from './logAccess.ts';

export interface PackRequest {
  /** index of the first entry; without any selection the whole log */
  readonly from?: number;
  /** index of the last entry, itself included */
  readonly to?: number;
  readonly exchanges?: readonly string[];
  readonly indexes?: readonly number[];
  /** adds the entries that record destructions among `from … to − 1` to the chosen entries, and nothing else of that range */
  readonly destructionsWithin?: { readonly from: number; readonly to: number };
  /** one proof for a range instead of one per entry; if an entry is missing or altered, each entry has its own */
  readonly compact?: boolean;
  /** sizes of older checkpoints that the requester holds, to be connected with the newest */
  readonly history?: readonly number[];
}

/** Maximum of entries per pack, and of the bytes of their leaves; a larger range is exported in several packs (`next`). */
export interface PackLimits {
  readonly entries: number;
  readonly leafBytes: number;
}

/** Of evidence that two persons release, and of a pack with a single proof. */
const packLimits: PackLimits = { entries: 100_000, leafBytes: 64 * 1024 * 1024 };
/** Of a pack whose entries have a proof each, which one person may fetch: it takes the hub some 10 KB an entry. */
export const provenLimits: PackLimits = { entries: 2_000, leafBytes: 2 * 1024 * 1024 };
/** Entries of a range that are read at once. */
const readAtOnce = 512;
const maxHistory = 100;
/** Maximum of destroyed units reported with chosen entries: ten million entries. */
const maxReported = 10_000;

/**
 * Returns the pack for a range, for exchanges or for single entries, with the newest checkpoint of this process. It contains what is
 * stored: an altered entry is included and does not verify. Missing entries, and entries whose proof needs a missing one, are left out. If
 * single entries before a missing one are requested, an earlier checkpoint that does not need it is used. Altered tiles are ignored. The
 * export does not wait for tiles: `hub/platform/jobs` derives them as entries arrive.
 * @throws Problem log_entry_missing if none of the requested entries can be proven, evidence_too_large if the requested exchanges or single
 * entries exceed one pack
 */
export async function exportPack(
  access: LogAccess,
  request: PackRequest,
  limits = packLimits,
): Promise<PackFile> {
  const newest = newestCheckpoint(access);
  const read: RangeReader = (from, to) => entriesBetween(access.database.app, from, to);
  const wide = await selected(access, request, newest.size, limits, read);
  if (request.compact !== true) return provenPack(access, request, newest, wide);
  const compact = await compactPack(
    access,
    wide.entries,
    newest,
    frontierOf(access, newest),
    request.history ?? [],
  );
  if (compact !== undefined) return { ...compact, ...defined({ next: wide.next }) };
  // entries with a proof each: fewer of those that were read
  const fewer = lesser(limits, provenLimits);
  const again: RangeReader = (from, to) =>
    Promise.resolve(wide.entries.filter(({ index }) => index >= from && index < to));
  return provenPack(access, request, newest, await selected(access, request, newest.size, fewer, again));
}

/** Entries that the newest checkpoint covers, each with its own proof. @throws Problem log_entry_missing */
async function provenPack(
  access: LogAccess,
  request: PackRequest,
  newest: StoredCheckpoint,
  { entries: stored, next }: Selected,
): Promise<PackFile> {
  const continued = defined({ next });
  const made = await packAt(access, stored, newest, frontierOf(access, newest), request.history ?? []);
  if (made.missing === undefined || made.entries > 0) return { ...made.pack, ...continued };
  const earlier = await checkpointBefore(access, Number(made.missing.facts['index']), stored);
  if (earlier === undefined) throw made.missing;
  return { ...(await packAt(access, stored, earlier, undefined, [])).pack, ...continued };
}

/** The frontier of the signed tree, where this process knows it. */
function frontierOf({ audit }: LogAccess, { size }: StoredCheckpoint): readonly Uint8Array[] | undefined {
  const signed = audit.signedTree?.();
  return signed?.size === size ? signed.frontier : undefined;
}

const lesser = (one: PackLimits, other: PackLimits): PackLimits => ({
  entries: Math.min(one.entries, other.entries),
  leafBytes: Math.min(one.leafBytes, other.leafBytes),
});

/** Undefined if the entries are not contiguous or do not lead to the signed root: then each is proven alone. */
async function compactPack(
  access: LogAccess,
  stored: readonly StoredEntry[],
  head: StoredCheckpoint,
  frontier: readonly Uint8Array[] | undefined,
  history: readonly number[],
): Promise<PackFile | undefined> {
  const first = stored[0]?.index;
  if (first === undefined || stored.some(({ index }, at) => index !== first + at)) return undefined;
  const tree = new StoredTree(access.database.app, head.size, { frontier });
  const leaves = stored.map(({ leaf }) => leaf);
  const range = await orWithout(async () =>
    packRange(
      first,
      await tree.frontier(first),
      leaves,
      first + leaves.length === head.size ? [] : await tree.consistencyProof(first + leaves.length),
    ),
  );
  if (range === undefined || !isRangeIncluded(range, head)) return undefined;
  return packFile({
    checkpoint: head.note,
    entries: [],
    ranges: [range],
    logKeyRotations: access.keys.log.rotations(),
    history: await historyOf(access, tree, head.root, history),
  });
}

/** The newest stored checkpoint that covers all of the entries and not the missing one. */
async function checkpointBefore(
  access: LogAccess,
  missing: number,
  stored: readonly StoredEntry[],
): Promise<StoredCheckpoint | undefined> {
  // rows that this log's key did not sign are skipped, so more than one is read
  const retained = (await storedCheckpoints(access, missing + 1, maxHistory)).at(-1);
  return retained !== undefined && stored.every(({ index }) => index < retained.size) ? retained : undefined;
}

async function packAt(
  access: LogAccess,
  stored: readonly StoredEntry[],
  head: StoredCheckpoint,
  frontier: readonly Uint8Array[] | undefined,
  history: readonly number[],
): Promise<{ readonly pack: PackFile; readonly entries: number; readonly missing: Problem | undefined }> {
  const reader = access.database.app;
  let tree = new StoredTree(reader, head.size, { frontier });
  let made = await provenEntries(tree, stored, head.root);
  // an altered tile invalidates proofs: they are then computed from the stored hashes of the entries alone
  if (!made.sound) {
    tree = new StoredTree(reader, head.size, { tiles: false });
    made = await provenEntries(tree, stored, head.root);
  }
  const pack = packFile({
    checkpoint: head.note,
    entries: made.entries,
    history: await historyOf(access, tree, head.root, history),
    logKeyRotations: access.keys.log.rotations(),
  });
  return { pack, entries: made.entries.length, missing: made.missing };
}

interface ProvenEntries {
  readonly entries: readonly PackEntry[];
  /** whether all stored hashes lead to the signed root */
  readonly sound: boolean;
  /** why an entry was left out */
  readonly missing: Problem | undefined;
}

async function provenEntries(
  tree: StoredTree,
  stored: readonly StoredEntry[],
  root: Uint8Array,
): Promise<ProvenEntries> {
  const paths = new AuditPaths(tree.size, root);
  const entries: PackEntry[] = [];
  let sound = true;
  let missing: Problem | undefined;
  for (const { index, leaf, hash } of stored) {
    const proof = await tree.inclusionProof(index).catch((error: unknown) => {
      if (!(error instanceof Problem) || error.code !== 'log_entry_missing') throw error;
      missing ??= error;
      return undefined;
    });
    if (proof === undefined) continue;
    entries.push({ index, leaf, proof });
    sound &&= paths.includes(index, hash, proof);
  }
  return { entries, sound, missing };
}

interface Selected {
  /** ascending by index */
  readonly entries: readonly StoredEntry[];
  /** index of the first entry of the range that had no more room */
  readonly next?: number;
}

/** Reads the entries `from … to − 1`. */
type RangeReader = (from: number, to: number) => Promise<readonly StoredEntry[]>;

/** @param size of the checkpoint: newer entries are left out @throws Problem evidence_too_large */
async function selected(
  { database }: LogAccess,
  request: PackRequest,
  size: number,
  limits: PackLimits,
  read: RangeReader,
): Promise<Selected> {
  const { exchanges, indexes, destructionsWithin, from, to } = request;
  const chosen = new Map<number, StoredEntry>();
  const add = (entries: readonly StoredEntry[]): void => {
    for (const entry of entries) chosen.set(entry.index, entry);
  };
  if (exchanges !== undefined) add(await entriesOfExchanges(database.app, exchanges));
  if (indexes !== undefined) add(await entriesAt(database.app, indexes));
  if (destructionsWithin !== undefined) {
    const units = await destructionsBetween(database.app, {
      ...destructionsWithin,
      width: destructionUnit,
      maxUnits: maxReported,
    });
    add(await entriesOfExchanges(database.app, exchangesOf(units)));
  }
  const leafBytes = [...chosen.values()].reduce((sum, { leaf }) => sum + leaf.length, 0);
  if (chosen.size > limits.entries || leafBytes > limits.leafBytes)
    throw new Problem('evidence_too_large', {
      entries: chosen.size,
      // how many of this size there is room for
      most: Math.min(limits.entries, Math.floor((chosen.size * limits.leafBytes) / Math.max(leafBytes, 1))),
    });
  let next: number | undefined;
  if (from !== undefined || to !== undefined || (exchanges === undefined && indexes === undefined)) {
    const first = from ?? 0;
    const last = Math.min((to ?? size) + 1, size);
    // at least one: a pack that continues another one must not end where it begins
    const entries = Math.max(1, limits.entries - chosen.size);
    const room = { entries, leafBytes: limits.leafBytes - leafBytes };
    const end = await readRange(read, first, last, room, add);
    if (end < last) next = end;
    add(await destructionRecords(database.app, first, end));
  }
  const entries = [...chosen.values()].filter(({ index }) => index < size).sort((a, b) => a.index - b.index);
  return { entries, ...defined({ next }) };
}

/** Reads a range until a pack is full: the entry that fills it is in it. @returns index of the first entry that was not read */
async function readRange(
  read: RangeReader,
  from: number,
  to: number,
  room: PackLimits,
  add: (entries: readonly StoredEntry[]) => void,
): Promise<number> {
  const end = Math.min(to, from + room.entries);
  let bytes = 0;
  for (let at = from; at < end; at += readAtOnce) {
    const entries = await read(at, Math.min(at + readAtOnce, end));
    for (const [nth, { index, leaf }] of entries.entries()) {
      bytes += leaf.length;
      if (bytes < room.leafBytes) continue;
      add(entries.slice(0, nth + 1));
      return index + 1;
    }
    add(entries);
  }
  return end;
}

/**
 * The entries that record missing entries of a range: the destructions, the orders of two persons, and all remaining entries of each unit,
 * also those beyond the range, because a destruction names them all.
 */
async function destructionRecords(reader: Reader, from: number, to: number): Promise<StoredEntry[]> {
  const units = await destructionsBetween(reader, { from, to, width: destructionUnit });
  if (units.length === 0) return [];
  const stays = units.flatMap((unit) => unit.stays).filter((index) => index < from || index >= to);
  return [...(await entriesAt(reader, stays)), ...(await entriesOfExchanges(reader, exchangesOf(units)))];
}

/** Exchanges of the entries that record destructions, and of the orders that caused them. */
const exchangesOf = (units: readonly DestructionRow[]): readonly string[] => [
  ...new Set(units.flatMap(({ exchange, order }) => [exchange, order])),
];

async function historyOf(
  access: LogAccess,
  tree: StoredTree,
  root: Uint8Array,
  sizes: readonly number[],
): Promise<PackHistory[]> {
  const { keys } = access;
  const notes = new Map(
    (await storedCheckpoints(access, tree.size, maxHistory)).map(({ size, note }) => [size, note]),
  );
  for (const size of sizes.slice(0, maxHistory)) {
    if (size <= 0 || size >= tree.size || notes.has(size)) continue;
    const older = await orWithout(async () => ({
      size,
      root: await tree.root(size),
      proof: await tree.consistencyProof(size),
    }));
    // never sign a root with which the current signed tree is not consistent
    if (older === undefined || !isConsistent(older, { size: tree.size, root }, older.proof)) continue;
    notes.set(size, signCheckpoint(size, older.root, keys.log));
  }
  const history: PackHistory[] = [];
  for (const [size, checkpoint] of [...notes].sort(([a], [b]) => a - b)) {
    const proof = await orWithout(() => tree.consistencyProof(size));
    if (proof !== undefined) history.push({ checkpoint, proof });
  }
  return history;
}

/** Earlier checkpoints are optional if an entry is missing: only those that can be connected are included. */
async function orWithout<T>(make: () => Promise<T>): Promise<T | undefined> {
  try {
    return await make();
  } catch (error) {
    if (error instanceof Problem && error.code === 'log_entry_missing') return undefined;
    throw error;
  }
}
