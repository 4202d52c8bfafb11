/** The fast verification of a running hub's log: entries as bytes, hashed here as they arrive, while the next ones are fetched. */
import { openCheckpoint, type Checkpoint } from '../../../log/checkpoint.ts';
import { readBundle } from '../../../log/missing.ts';
import { sameHash } from '../../../log/hash.ts';
import type { NoteVerifier } from '../../../log/note/noteKey.ts';
import { checkLeaf } from '../../../log/parseLeaf.ts';
import { extendByHashes, extendByLeaves } from '../../../log/tree/extendTree.ts';
import type { TreeState } from '../../../log/tree/growTree.ts';
import { Problem } from '../../../terms/problem.ts';
import { destroyedIn, type DestroyedHere } from './extents.ts';
import type { StaffReader } from './staffReader.ts';

/** A log whose every entry from some size on leads to its signed root. */
export interface SoundLog {
  readonly checkpoint: Checkpoint;
  readonly note: string;
  readonly tree: TreeState;
  /** destroyed entries, according to entries that are present */
  readonly destroyed: number;
}

/**
 * @param from the tree to continue from: the empty one, or the one verified before, whose entries are not fetched again
 * @param known a tree that this log must continue
 * @returns undefined where any check fails: the slow verification then reports which
 */
export async function verifyBundles(
  hub: Pick<StaffReader, 'ask' | 'bytes'>,
  keys: readonly NoteVerifier[],
  from: TreeState,
  known: TreeState | undefined,
): Promise<SoundLog | undefined> {
  const page = await hub.ask('GET', '/v1/log/entries?from=0&limit=1');
  const note = String(page['checkpoint']);
  let checkpoint: Checkpoint;
  try {
    checkpoint = openCheckpoint(note, keys);
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
  if (known !== undefined && known.size > checkpoint.size) return undefined;
  const destroyed = await destroyedIn(hub);
  const tree = await extendTo(checkpoint.size, hub, from, known, destroyed);
  const sound =
    tree?.size === checkpoint.size &&
    sameHash(tree.root, checkpoint.root) &&
    destroyed.findings(from.size).length === 0;
  return sound ? { checkpoint, note, tree, destroyed: destroyed.count } : undefined;
}

/** The tree with the entries up to a size; undefined where they are no entries, or the tree does not continue the known one. */
async function extendTo(
  size: number,
  hub: Pick<StaffReader, 'bytes'>,
  from: TreeState,
  known: TreeState | undefined,
  destroyed: DestroyedHere,
): Promise<TreeState | undefined> {
  // a bundle ends where the known tree ends, so that their roots can be compared
  const endAfter = (at: number): number => (known !== undefined && at < known.size ? known.size : size);
  const fetch = (at: number): Promise<Uint8Array> =>
    hub.bytes(`/v1/log/entries/bundle?from=${at}&limit=${Math.min(8_192, endAfter(at) - at)}`);
  let tree = from;
  let next: Promise<Uint8Array> | undefined;
  while (tree.size < size) {
    const gone = destroyed.from(tree.size, endAfter(tree.size));
    if (gone.length > 0) {
      tree = extendByHashes(tree, gone);
    } else {
      const first = tree.size;
      const leaves = readBundle(await (next ?? fetch(first)));
      const reached = first + leaves.length;
      if (leaves.length === 0 || reached > size) return undefined;
      next = reached < size && !destroyed.isDestroyed(reached) ? fetch(reached) : undefined;
      // a rejection that is no longer awaited must not end the process
      next?.catch(() => undefined);
      if (!leaves.every(isEntry)) return undefined;
      for (const [at, leaf] of leaves.entries()) destroyed.see(first + at, leaf);
      tree = extendByLeaves(tree, leaves);
    }
    if (tree.size === known?.size && !sameHash(tree.root, known.root)) return undefined;
  }
  return tree;
}

function isEntry(leaf: Uint8Array): boolean {
  try {
    checkLeaf(leaf);
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}
