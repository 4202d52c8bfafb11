/**
 * The head as trusted by this process. Its MAC is computed with a key outside the database and checked on every load. An entry appended by
 * an administrator moves the head without a valid MAC; the hub then stops instead of signing it.
 */
import { createHmac, timingSafeEqual, type KeyObject } from 'node:crypto';
import { packFrontier, unpackTree, type TreeState } from '../../log/tree/growTree.ts';
import { sameHash } from '../../log/hash.ts';
import { Problem } from '../../terms/problem.ts';
import type { HeadRow } from './store/flush.ts';
import type { Bilingual } from '../../terms/bilingual.ts';
import type { NamedThing } from '../../terms/factWords.ts';
import { parseLeaf } from '../../log/parseLeaf.ts';
import type { StoredEntry } from './store/entries.ts';
import { holdTargets } from './store/legalHolds.ts';
import type { Reader } from '../platform/database/reader.ts';

export interface LogHead {
  readonly tree: TreeState;
  /** state_epoch */
  readonly epoch: number;
}

export interface HeadSeal {
  readonly key: KeyObject;
  /** of the log; a head from another log does not match */
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

/* The legal hold that prevents an erasure or a destruction. */

/**
 * The first target under legal hold, including holds that wait for their second person: the person, an entry, or its dataset or agreement.
 * @param subject keyed hash, hex @returns its name for the refusal; undefined if nothing is held
 */
export async function heldAgainst(
  reader: Reader,
  subject: string,
  rows: readonly Pick<StoredEntry, 'index' | 'leaf'>[],
): Promise<NamedThing | Bilingual | undefined> {
  const holds = await holdTargets(reader);
  if (holds.length === 0) return undefined;
  if (holds.some(({ kind, target }) => kind === 'subject' && target === subject))
    return { zh: '该主体', en: 'the person' };
  const named = new Set(holds.map(({ kind, target }) => `${kind} ${target}`));
  const ranges = holds.flatMap(({ kind, target }) =>
    kind === 'entries' ? [target.split('-').map(Number)] : [],
  );
  for (const { index, leaf } of rows) {
    const { dataset, agreement } = parseLeaf(leaf);
    if (dataset !== undefined && named.has(`dataset ${dataset}`)) return `Dataset ${dataset}`;
    const name = agreement?.replace(/@.*$/, '');
    if (name !== undefined && named.has(`agreement ${name}`)) return `Agreement ${name}`;
    if (ranges.some(([first = 0, last = 0]) => first <= index && index <= last)) return `entry ${index}`;
  }
  return undefined;
}
