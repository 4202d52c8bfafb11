import { leafHash, sameHash } from '../../../log/hash.ts';
import type { Leaf } from '../../../log/leaf.ts';
import type { Pool } from '../../platform/database/database.ts';
import { entriesAt, leavesBetween } from '../store/entries.ts';
import { eachPosting, postedSince } from '../store/postings.ts';
import { leafIn } from './leaves.ts';
import { chunkSize, listPlaces, unpackPlaces } from './places.ts';
import { termOf } from './slotValues.ts';

/** Entries that are read at once. */
const portion = 1_000;

/**
 * Leaves of an operation of which there are few entries, among the entries `from … to − 1`, by index. Of indexed chunks only the postings
 * of the operation are read. Entries that are not indexed yet are read themselves.
 * @param since Unix milliseconds; indexed chunks of which every entry is older are skipped
 */
export async function leavesOfOperation(
  pool: Pool,
  operation: string,
  { from, to, since }: { readonly from: number; readonly to: number; readonly since: number },
): Promise<ReadonlyMap<number, Leaf>> {
  const indexes: number[] = [];
  const { first, end } = await postedSince(pool, Math.floor(from / chunkSize), since);
  await eachPosting(pool, [termOf('operation', operation)], first, end, (_, chunk, places) => {
    for (const place of listPlaces(unpackPlaces(places))) indexes.push(chunk * chunkSize + place);
  });
  const text = Buffer.from(`"operation":"${operation}"`);
  for (let at = Math.max(from, end * chunkSize); at < to; at += portion)
    for (const { index, leaf } of await leavesBetween(pool, at, Math.min(at + portion, to)))
      if (Buffer.from(leaf.buffer, leaf.byteOffset, leaf.byteLength).includes(text)) indexes.push(index);
  const wanted = indexes.filter((index) => index >= from && index < to);
  const leaves = new Map<number, Leaf>();
  for (let at = 0; at < wanted.length; at += portion)
    for (const { index, leaf: bytes, hash } of await entriesAt(pool, wanted.slice(at, at + portion))) {
      const leaf = sameHash(leafHash(bytes), hash) ? leafIn(bytes) : undefined;
      if (leaf?.operation === operation) leaves.set(index, leaf);
    }
  return leaves;
}
