/** Evidence that verifies without the hub. */
import { signCheckpoint } from '../../../log/checkpoint.ts';
import { noteSigner } from '../../../log/note/noteKey.ts';
import { packFile, type PackEntry, type PackFile, type PackHistory } from '../../../log/pack/pack.ts';
import { isConsistent } from '../../../log/tree/verifyProof.ts';
import { entriesAt, entriesBetween, entriesOfExchanges, type StoredEntry } from '../../store/auditEntries.ts';
import { deriveTiles, StoredTree } from '../prover.ts';
import { keptCheckpoints, newestCheckpoint, type LogAccess } from './logAccess.ts';

export interface PackRequest {
  /** index of the first entry; without any selection the whole log */
  readonly from?: number;
  /** index of the last entry, itself included */
  readonly to?: number;
  readonly exchanges?: readonly string[];
  readonly indexes?: readonly number[];
  /** sizes of older checkpoints that somebody holds and wants connected with the newest */
  readonly history?: readonly number[];
}

/** Entries of one pack; a larger range is exported in several. */
export const mostPackEntries = 100_000;
const mostHistory = 100;

/**
 * The pack for a range, for exchanges or for single entries, with the newest checkpoint of this process.
 * It is made from what is stored: if that was altered, the pack is made all the same and does not verify.
 */
export async function exportPack(access: LogAccess, request: PackRequest): Promise<PackFile> {
  const reader = access.database.app;
  const newest = newestCheckpoint(access);
  const tree = new StoredTree(reader, newest.size);
  await deriveTiles(reader, newest.size);
  const stored = (await selected(access, request, newest.size)).filter((entry) => entry.index < newest.size);
  const entries: PackEntry[] = [];
  for (const { index, leaf } of stored.slice(0, mostPackEntries)) {
    entries.push({ index, leaf, proof: await tree.inclusionProof(index) });
  }
  return packFile({
    checkpoint: newest.note,
    entries,
    history: await historyOf(access, tree, newest.root, request.history ?? []),
  });
}

async function selected({ database }: LogAccess, request: PackRequest, size: number): Promise<StoredEntry[]> {
  const { exchanges, indexes, from, to } = request;
  const chosen = new Map<number, StoredEntry>();
  const add = (entries: readonly StoredEntry[]): void => {
    for (const entry of entries) chosen.set(entry.index, entry);
  };
  if (exchanges !== undefined) add(await entriesOfExchanges(database.app, exchanges));
  if (indexes !== undefined) add(await entriesAt(database.app, indexes));
  if (from !== undefined || to !== undefined || (exchanges === undefined && indexes === undefined)) {
    const first = from ?? 0;
    add(await entriesBetween(database.app, first, Math.min((to ?? size) + 1, size, first + mostPackEntries)));
  }
  return [...chosen.values()].sort((a, b) => a.index - b.index);
}

async function historyOf(
  access: LogAccess,
  tree: StoredTree,
  root: Uint8Array,
  sizes: readonly number[],
): Promise<PackHistory[]> {
  const { keys } = access;
  const notes = new Map(
    (await keptCheckpoints(access, tree.size, mostHistory)).map(({ size, note }) => [size, note]),
  );
  const signer = noteSigner(keys.log.name, keys.log.privateKey);
  for (const size of sizes.slice(0, mostHistory)) {
    if (size <= 0 || size >= tree.size || notes.has(size)) continue;
    const older = { size, root: await tree.root(size) };
    // never sign a root that today's signed tree does not continue
    if (!isConsistent(older, { size: tree.size, root }, await tree.consistencyProof(size))) continue;
    notes.set(size, signCheckpoint(size, older.root, signer));
  }
  const history: PackHistory[] = [];
  for (const [size, checkpoint] of [...notes].sort(([a], [b]) => a - b)) {
    history.push({ checkpoint, proof: await tree.consistencyProof(size) });
  }
  return history;
}
