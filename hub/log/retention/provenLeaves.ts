import { leafHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import type { TreeState } from '../../../log/tree/growTree.ts';
import { AuditPaths } from '../../../log/tree/auditPaths.ts';
import { entriesAt } from '../store/entries.ts';
import { newestCheckpoint, type LogAccess } from '../evidence/logAccess.ts';
import { StoredTree } from '../prover.ts';
import { leafIn } from '../search/leafIn.ts';

/**
 * Entries that lead to the signed root, by their index: what is destroyed by them cannot be brought back, so bytes that an administrator
 * wrote must not count, not even until re-verification comes by.
 * @param tree another state of the log than this process's newest checkpoint, as its head's seal proves it
 * @throws Problem log_entry_missing
 */
export async function provenLeaves(
  access: LogAccess,
  indexes: readonly number[],
  { size, root }: Pick<TreeState, 'size' | 'root'> = newestCheckpoint(access),
): Promise<ReadonlyMap<number, Leaf>> {
  const tree = new StoredTree(access.database.app, size);
  const paths = new AuditPaths(size, root);
  const proven = new Map<number, Leaf>();
  for (const { index, leaf } of await entriesAt(access.database.app, indexes)) {
    if (index >= size) continue;
    const read = leafIn(leaf);
    if (read !== undefined && paths.includes(index, leafHash(leaf), await tree.inclusionProof(index)))
      proven.set(index, read);
  }
  return proven;
}
