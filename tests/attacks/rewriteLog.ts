/** The worst administrator: all rights over the database, and the stolen keys of the log and of its head. */
import { noteSigner } from '../../log/note/noteKey.ts';
import { leafHash } from '../../log/hash.ts';
import { emptyTree, growTree, packFrontier } from '../../log/tree/growTree.ts';
import { headMac } from '../../hub/log/head.ts';
import type { HubKeys } from '../../hub/platform/keys/hubKeys.ts';
import { asLogin, type Database } from '../../hub/platform/database/database.ts';
import { leafOf } from '../../hub/log/store/storedLeaves.ts';

export interface Rewriting {
  /** the entry whose bytes become others; `replace` gets the leaf's text */
  readonly index?: number;
  readonly replace?: (leaf: string) => string;
  /** entries that are left of the log, the rest is cut */
  readonly keep?: number;
}

/**
 * Rewrites the log so that nothing inside the database or the hub reveals it: bytes, hashes, tree, head with its MAC; tiles and stored
 * checkpoints are removed, and are made anew by the hub itself. The high-water file is not touched: an attacker on the machine deletes it.
 */
export async function rewriteLog(
  database: Pick<Database, 'address'>,
  keys: Pick<HubKeys, 'log' | 'headMac'>,
  { index, replace, keep }: Rewriting,
): Promise<void> {
  const origin = noteSigner(keys.log.name, keys.log.privateKey).name;
  await asLogin(database.address, async (login) => {
    await login.query('SET session_replication_role = replica');
    if (keep !== undefined) await login.query('DELETE FROM audit_entry WHERE idx >= $1', [keep]);
    const { rows } = await login.query<{ idx: string; leaf: Buffer }>(
      'SELECT idx, leaf FROM audit_entry ORDER BY idx',
    );
    const hashes: Uint8Array[] = [];
    for (const { idx, leaf: stored } of rows) {
      const leaf = Buffer.from(leafOf(stored));
      const forged =
        Number(idx) === index && replace !== undefined ? Buffer.from(replace(leaf.toString('utf8'))) : leaf;
      hashes.push(leafHash(forged));
      if (forged !== leaf)
        await login.query('UPDATE audit_entry SET leaf = $2, hash = $3 WHERE idx = $1', [
          idx,
          forged,
          leafHash(forged),
        ]);
    }
    const { state: tree } = growTree(emptyTree, hashes);
    const { rows: heads } = await login.query<{ state_epoch: string }>('SELECT state_epoch FROM audit_head');
    const epoch = Number(heads[0]?.state_epoch);
    await login.query('UPDATE audit_head SET size = $1, root = $2, frontier = $3, mac = $4', [
      tree.size,
      tree.root,
      packFrontier(tree.frontier),
      headMac({ tree, epoch }, { key: keys.headMac, origin }),
    ]);
    await login.query('DELETE FROM audit_tile');
    await login.query('DELETE FROM audit_checkpoint');
    await login.query('SET session_replication_role = origin');
  });
}
