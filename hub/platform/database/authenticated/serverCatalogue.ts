/**
 * Compares the objects that the server itself made (functions, operators, casts, types, system views) with what they were when the hub
 * first compared them. A superuser can alter them. Their digest is in `row_sum` under a MAC of the hub; another version of the server has
 * others.
 */
import type { Pool } from 'pg';
import type { Reader } from '../reader.ts';
import { inSnapshot } from '../transaction.ts';
import type { KnownSum, TableDigests, TableSum } from './seals.ts';
import { readSums, writeSum } from './sealStore.ts';
import { serverDigests } from './serverDigests.ts';

/** Name in `row_sum` and in row-versions.json; it is no table. */
export const recordName = 'catalogue of the server';

/**
 * @param digests of the hub @param write stores the digest of a new database or of another version of the server
 * @returns whether the objects are other ones than before on the same version of the server, or the record was removed or put back
 */
export async function isServerAltered(
  reader: Pool,
  digests: TableDigests,
  write: (sum: TableSum) => Promise<void>,
): Promise<boolean> {
  const { now, former } = await inSnapshot(reader, serverDigests);
  const stored = (await readSums(reader, digests.key, [recordName], false)).get(recordName);
  if (stored === undefined ? digests.known(recordName).version > 0 : !digests.isNewest(recordName, stored))
    return true;
  if (stored?.sum === now.sum) {
    digests.seen(recordName, stored);
    return false;
  }
  if (stored?.count === now.count) return true;
  // the release before stored it in the former form
  if (stored?.count === former.count && stored.sum !== former.sum) return true;
  await write(digests.next(recordName, stored, now));
  return false;
}

/** Whether the record is no older one than this process knew before the snapshot; one that is missing is left to the job. */
export async function isRecordNewest(
  reader: Reader,
  digests: TableDigests,
  known: KnownSum,
): Promise<boolean> {
  const stored = (await readSums(reader, digests.key, [recordName], false)).get(recordName);
  if (stored === undefined) return true;
  const isNewest = digests.isNewest(recordName, stored, known);
  if (isNewest) digests.seen(recordName, stored);
  return isNewest;
}

/** `server_version_num` of a record. */
export const versionOf = ({ count }: Pick<TableSum, 'count'>): number => count % 10_000_000;

/** Stores the record in the transaction of an entry. */
export async function writeServerRecord(
  transaction: Reader,
  digests: TableDigests,
  sum: TableSum,
): Promise<void> {
  await writeSum(transaction, digests.key, recordName, sum);
  digests.written(transaction, recordName, sum);
}
