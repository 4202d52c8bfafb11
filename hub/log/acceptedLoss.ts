/** Finds the operator's decision to continue from an older database, which another process of the hub has logged. */
import { acceptedOlderIn, acceptOlderOperation } from '../../log/destruction.ts';
import { leafHash } from '../../log/hash.ts';
import { AuditPaths } from '../../log/tree/auditPaths.ts';
import type { TreeState } from '../../log/tree/growTree.ts';
import type { Pool } from '../platform/database/database.ts';
import { StoredTree } from './prover.ts';
import { findEntries, indexesOf } from './search/findEntries.ts';
import { leafIn } from './search/leaves.ts';
import { entriesAt } from './store/entries.ts';

export interface AcceptedLoss {
  /** entries with which the log continued */
  readonly accepted: number;
  /** entries that the process that accepted had recorded */
  readonly known: number;
  /** Unix seconds of the decision */
  readonly at: number;
}

/** A tree as proven by the seal of the log's head. */
type ProvenTree = Pick<TreeState, 'size' | 'root'>;

/**
 * The newest accepted loss that concerns a recorded tree. The tree must include its entry: a database administrator could write one to
 * hide that the database was rolled back.
 * @param recorded entries of the recorded tree
 */
export async function acceptedLoss(
  pool: Pool,
  tree: ProvenTree,
  recorded: number,
): Promise<AcceptedLoss | undefined> {
  for await (const { accepted, known, at } of acceptances(pool, tree, 0))
    if (accepted < recorded) return { accepted, known, at };
  return undefined;
}

/** Whether the log continued from an older database after it had so many entries: the rows are older too, in every process. */
export async function isAcceptedAfter(pool: Pool, tree: ProvenTree, recorded: number): Promise<boolean> {
  if (tree.size === recorded) return false;
  for await (const { index } of acceptances(pool, tree, recorded)) return index >= recorded;
  return false;
}

/** Those that the tree includes, newest first. @param start index from which entries are searched */
async function* acceptances(
  pool: Pool,
  { size, root }: ProvenTree,
  start: number,
): AsyncGenerator<AcceptedLoss & { readonly index: number }> {
  const stored = new StoredTree(pool, size, { tiles: false });
  const paths = new AuditPaths(size, root);
  for await (const found of findEntries(pool, { operation: acceptOlderOperation }, size, start)) {
    for (const { index, leaf: bytes } of (await entriesAt(pool, indexesOf(found))).reverse()) {
      const leaf = leafIn(bytes);
      if (leaf === undefined || acceptedOlderIn(leaf) === undefined) continue;
      const { accepted, known } = leaf.change ?? {};
      if (typeof accepted !== 'number' || typeof known !== 'number') continue;
      if (paths.includes(index, leafHash(bytes), await stored.inclusionProof(index)))
        yield { index, accepted, known, at: Math.floor(Date.parse(leaf.at) / 1000) };
    }
  }
}
