/**
 * The head as this process trusts it. Its MAC is made with a key outside the database and checked on every load: an entry that an
 * administrator appended by hand moves the head without it, and the hub stops instead of signing on top of it.
 */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { packFrontier, unpackTree, type TreeState } from '../../log/tree/growTree.ts';
import { sameHash } from '../../log/hash.ts';
import { Problem } from '../../terms/problem.ts';
import type { HeadRow } from './store/flush.ts';

export interface LogHead {
  readonly tree: TreeState;
  /** state_epoch */
  readonly epoch: number;
}

export interface HeadSeal {
  readonly key: KeyObject;
  /** of the log; a head moved from another log does not fit */
  readonly origin: string;
}

/** HMAC-SHA256 over origin, size, epoch, root and frontier. */
export function headMac({ tree, epoch }: LogHead, { key, origin }: HeadSeal): Buffer {
  return createHmac('sha256', key)
    .update(`datong audit head 1\n${origin}\n${tree.size}\n${epoch}\n`)
    .update(tree.root)
    .update(packFrontier(tree.frontier))
    .digest();
}

/** The row that stores a head. */
export function headRow(head: LogHead, seal: HeadSeal): HeadRow {
  const { size, root, frontier } = head.tree;
  return { size, root, frontier: packFrontier(frontier), mac: headMac(head, seal), epoch: head.epoch };
}

/**
 * The head in a row. An empty log has no MAC yet.
 * @throws Problem log_inconsistent
 */
export function trustedHead(row: HeadRow, seal: HeadSeal): LogHead {
  let tree: TreeState;
  try {
    tree = unpackTree(row.size, row.frontier);
  } catch (cause) {
    throw new Problem('log_inconsistent', { what: 'frontier' }, { cause });
  }
  if (!sameHash(tree.root, row.root)) throw new Problem('log_inconsistent', { what: 'root' });
  const head = { tree, epoch: row.epoch };
  const expected = headMac(head, seal);
  const sealed = row.mac.length === expected.length && timingSafeEqual(row.mac, expected);
  if (!sealed && !(row.size === 0 && row.mac.length === 0)) {
    throw new Problem('log_inconsistent', { what: 'head MAC' });
  }
  return head;
}
