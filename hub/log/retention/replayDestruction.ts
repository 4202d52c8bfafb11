/** Repeats a destruction that a restored older database does not record. */
import type { KeyObject } from 'node:crypto';
import { fromBase64 } from '../../../log/base64.ts';
import {
  acceptedOlderIn,
  acceptOlderOperation,
  destructionOperation,
  destructionUnit,
  hashesDigest,
  orderIn,
} from '../../../log/destruction.ts';
import { leafHash, sameHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { Problem } from '../../../terms/problem.ts';
import { entriesAt, entriesBetween, entriesOfExchanges, type StoredEntry } from '../store/entries.ts';
import { postedChunks } from '../store/postings.ts';
import { destroyUnit } from '../store/retention.ts';
import type { Database } from '../../platform/database/database.ts';
import type { Pool } from '../../platform/database/database.ts';
import { type AuditLog, theHub } from '../draft.ts';
import { deriveTiles } from '../deriveTiles.ts';
import { entry } from '../entry.ts';
import { newestCheckpoint, type LogAccess } from '../evidence/logAccess.ts';
import { findEntries, indexesOf } from '../search/findEntries.ts';
import { indexed, insertIndex, postingsIn } from '../search/indexEntries.ts';
import { leafIn } from '../search/leaves.ts';
import { destroyedMarks } from './destroyedExchange.ts';
import { storedHashes } from './provenLeaves.ts';

/** A destroyed unit, as recorded in a file outside the database. */
export interface StoredDestruction {
  readonly id: string;
  /** exchange that last recorded it */
  readonly exchange: string;
  /** index of the unit's first entry */
  readonly first: number;
  /** indexes of the remaining entries, ascending */
  readonly stays: readonly number[];
  /** base64: leaf hash of the unit's first entry, which distinguishes another history of the log from this one */
  readonly head: string;
  /** as recorded by its entry */
  readonly change: NonNullable<Leaf['change']>;
}

interface Replaying {
  readonly database: Pick<Database, 'app' | 'now'>;
  readonly audit: LogAccess['audit'] & Pick<AuditLog, 'append'>;
  readonly keys: LogAccess['keys'] & { readonly headMac: KeyObject };
}

/**
 * The log may have reached the unit with other entries, after an even older database was restored: then it contains none of the unit's
 * entries.
 * @throws Problem log_inconsistent if its entries are present and cannot be destroyed again; log_unavailable
 */
export async function replayDestruction(services: Replaying, stored: StoredDestruction): Promise<void> {
  const { database, audit, keys } = services;
  const { app } = database;
  const { first, stays, change } = stored;
  const end = first + destructionUnit;
  const entries = await entriesBetween(app, first, end);
  const [head] = entries;
  const destroyed = fromBase64(stored.head) ?? new Uint8Array();
  if (head === undefined || (head.index === first && !sameHash(leafHash(head.leaf), destroyed))) return;
  const reported = change['hashes'];
  if (
    entries.length !== destructionUnit ||
    hashesDigest(entries.map(({ leaf }) => leafHash(leaf))) !== reported
  )
    throw cannot(first, '不完整或与销毁时不符', 'incomplete, or not as they were destroyed');
  await deriveTiles(app, newestCheckpoint(services).size);
  if (hashesDigest((await storedHashes(app, first)) ?? []) !== reported)
    throw cannot(first, '的哈希片与销毁时不符', 'with hash tiles that are not as they were');
  const order = await orderOf(services, change);
  if (order === undefined)
    throw cannot(first, '的销毁决定不在此日志中', 'by an order that this log does not have');
  const staying = entries.filter(({ index }) => stays.includes(index));
  const gone = entries.filter((one) => !staying.includes(one)).flatMap(withLeaf);
  const chunk = first / destructionUnit;
  const isPosted = (await postedChunks(app, { first: chunk, end: chunk + 1 })).length > 0;
  const now = database.now();
  const exchange = uuid7(now);
  await audit.append(
    entry({
      exchange,
      now,
      operation: destructionOperation,
      kind: 'retire',
      actor: theHub,
      facts: { change: { ...change, order, replays: stored.exchange } },
      work: async (transaction) => {
        const terms = postingsIn(chunk, indexed(entries)).postings.map(({ term }) => term);
        const row = { id: stored.id, exchange, first, stays, order };
        const marks = destroyedMarks(keys.headMac, gone);
        if ((await destroyUnit(transaction, row, terms, marks)) !== gone.length)
          throw new Problem('log_busy');
        if (!isPosted) return;
        await insertIndex(transaction, chunk, indexed(staying));
      },
      carried: undefined,
    }),
  );
}

const withLeaf = ({ index, leaf: bytes }: StoredEntry): { readonly index: number; readonly leaf: Leaf }[] => {
  const leaf = leafIn(bytes);
  return leaf === undefined ? [] : [{ index, leaf }];
};

/** The order of two persons if this log has it; else the operator's decision to continue without the entries after the backup. */
async function orderOf(
  services: Replaying,
  { order }: StoredDestruction['change'],
): Promise<string | undefined> {
  const { app } = services.database;
  if (typeof order === 'string') {
    const [given] = (await entriesOfExchanges(app, [order])).flatMap(withLeaf);
    if (given !== undefined && (orderIn(given.leaf) ?? acceptedOlderIn(given.leaf)) !== undefined)
      return order;
  }
  return (await newestAcceptance(app, newestCheckpoint(services).size))?.id;
}

async function newestAcceptance(reader: Pool, size: number): Promise<Leaf | undefined> {
  for await (const found of findEntries(reader, { operation: acceptOlderOperation }, size)) {
    const leaves = (await entriesAt(reader, indexesOf(found))).reverse().flatMap(withLeaf);
    const accepted = leaves.find(({ leaf }) => acceptedOlderIn(leaf) !== undefined);
    if (accepted !== undefined) return accepted.leaf;
  }
  return undefined;
}

const cannot = (first: number, zh: string, en: string): Problem => {
  const range = `${first}–${first + destructionUnit - 1}`;
  return new Problem('log_inconsistent', {
    what: {
      zh: `第 ${range} 条曾到期销毁，现又在库中，${zh}，无法再次销毁`,
      en: `entries ${range} were destroyed when their time was over and are here again, ${en}: they cannot be destroyed again`,
    },
  });
};
