import { leafHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { AuditPaths } from '../../../log/tree/auditPaths.ts';
import { entriesAt, entriesOfExchanges } from '../store/entries.ts';
import { newestCheckpoint, type LogAccess } from '../evidence/logAccess.ts';
import { StoredTree } from '../prover.ts';
import { leafIn } from '../search/leaves.ts';
import { acceptedBy, orderIn, ruleKind, destructionUnit } from '../../../log/destruction.ts';
import type { RetentionRules } from '../../../log/retention.ts';
import { listOrders, listRules, type OrderRow } from '../store/retention.ts';
import { findEntries, indexesOf } from '../search/findEntries.ts';
import { readTiles, tileWidth } from '../store/tiles.ts';
import type { Reader } from '../../platform/database/reader.ts';

/**
 * Entries that lead to the signed root of this process's newest checkpoint, by index. Destruction cannot be undone, so entries that an
 * administrator altered must not be used, even before re-verification finds them.
 * @throws Problem log_entry_missing
 */
async function provenLeaves(
  access: LogAccess,
  indexes: readonly number[],
): Promise<ReadonlyMap<number, Leaf>> {
  const { size, root } = newestCheckpoint(access);
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

/** The retention rules and the orders of destruction, as far as entries of the log prove them. */
interface ProvenRules {
  readonly rules: RetentionRules;
  /** ids of rules for which table and log differ: entries under them are retained without limit */
  readonly doubted: readonly string[];
}

/**
 * A rule is valid if the table contains it and the newest entry about it, written by two persons, agrees. An edited table, a restored
 * older row or a removed longer rule of a dataset thus cannot shorten retention.
 */
export async function provenRules(access: LogAccess): Promise<ProvenRules> {
  const reported = await newestRules(access);
  const rows = new Map((await listRules(access.database.app)).map((row) => [row.id, row]));
  const rules = new Map<string, number | undefined>();
  const doubted: string[] = [];
  for (const id of new Set([...rows.keys(), ...reported.keys()])) {
    const row = rows.get(id);
    const leaf = reported.get(id);
    const years = leaf?.change?.['years'];
    const same = row !== undefined && leaf?.id === row.exchange && years === (row.years ?? 0);
    if (!same) doubted.push(id);
    rules.set(id, same ? (row.years ?? undefined) : undefined);
  }
  return { rules, doubted: doubted.sort() };
}

/** The newest entry about each rule. */
async function newestRules(access: LogAccess): Promise<ReadonlyMap<string, Leaf>> {
  const { size } = newestCheckpoint(access);
  const reader = access.database.app;
  const newest = new Map<string, { readonly index: number; readonly leaf: Leaf }>();
  for await (const found of findEntries(reader, { operation: 'acceptProposal' }, size)) {
    for (const { index, leaf: bytes } of (await entriesAt(reader, indexesOf(found))).reverse()) {
      const leaf = leafIn(bytes);
      const id = leaf?.change?.['kind'] === ruleKind && acceptedBy(leaf) ? leaf.change['id'] : undefined;
      if (leaf !== undefined && typeof id === 'string' && !newest.has(id)) newest.set(id, { index, leaf });
    }
  }
  const proven = await provenLeaves(
    access,
    [...newest.values()].map(({ index }) => index),
  );
  return new Map(
    [...newest].flatMap(([id, { index }]) => {
      const leaf = proven.get(index);
      return leaf === undefined ? [] : [[id, leaf] as const];
    }),
  );
}

/** Orders that two persons gave, as proven by the log; the one with the latest limit first. */
export async function provenOrders(access: LogAccess): Promise<OrderRow[]> {
  const reader = access.database.app;
  const orders = await listOrders(reader);
  const entries = await entriesOfExchanges(
    reader,
    orders.map(({ id }) => id),
  );
  const proven = await provenLeaves(
    access,
    entries.map(({ index }) => index),
  );
  const reported = new Map([...proven.values()].map((leaf) => [leaf.id, orderIn(leaf)]));
  return orders.filter(({ id, before }) => reported.get(id) === before).sort((a, b) => b.before - a.before);
}

/** Leaf hashes of a unit from its tiles; undefined if a tile is missing. */
export async function storedHashes(
  reader: Reader,
  first: number,
): Promise<readonly Uint8Array[] | undefined> {
  const from = first / tileWidth;
  const tiles = await readTiles(reader, 0, from, from + destructionUnit / tileWidth);
  const hashes = [...tiles].sort(([a], [b]) => a - b).flatMap(([, tile]) => tile);
  return hashes.length === destructionUnit ? hashes : undefined;
}
