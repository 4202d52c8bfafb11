/** All tables of rows: their first digests, and the dataset of each. */
import { batchTable, datasetTable } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import { sealingOf } from '../../../platform/database/authenticated/rowSealing.ts';
import { lockSums, summedTables, writeSum } from '../../../platform/database/authenticated/sealStore.ts';
import { endLimit, limitStatements } from '../../../platform/database/binaryRows.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { Reader } from '../../../platform/database/reader.ts';
import { inSnapshot, withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import { inSnapshotWithin } from '../../../platform/database/untilAborted.ts';
import { currentBatches, noteCurrentBatch } from './currentBatches.ts';
import { goneTables } from './goneTables.ts';
import { allDigested } from './openDigest.ts';
import { digestAnew, faultOfTable, PartitionDropped, type DigestFault } from './rowDigests.ts';

/** Tables that exist, have a digest, or are needed by readers, in their order. */
export async function digestedTables(reader: Reader): Promise<readonly SqlName[]> {
  const { rows } = await reader.query<{ name: SqlName }>(
    `SELECT format('"rows"."%s"', name) AS name FROM (
       SELECT relname::text AS name FROM pg_class WHERE relnamespace = 'rows'::regnamespace AND relkind IN ('r', 'p')
          AND NOT relispartition AND relname ~ '^(b_[0-9a-f]{32}|u_[0-9a-f]{24})$'
       UNION SELECT substr(table_name, 6) FROM row_sum WHERE table_name ~ '^rows[.](b_[0-9a-f]{32}|u_[0-9a-f]{24})$') AS t ORDER BY 1`,
  );
  const gone = (await goneTables(reader)).map(({ table }) => table);
  return [...new Set([...rows.map(({ name }) => name), ...gone])].sort();
}

/** ms for which a statement of a short snapshot waits for a lock */
const maxLockMs = 300;

/** Reads in one snapshot. @param maxMs of each statement */
export const inShortSnapshot = <T>(
  owner: Database['owner'],
  maxMs: number,
  work: (snapshot: Transaction) => Promise<T>,
): Promise<T> =>
  inSnapshot(owner, async (snapshot) => {
    try {
      await limitStatements(snapshot, maxMs);
      await snapshot.query(`SET LOCAL lock_timeout = ${maxLockMs}`);
      return await work(snapshot);
    } finally {
      endLimit(snapshot);
    }
  });

/** Snapshots that a comparison may begin anew: periods are destroyed one after the other, and not all the time. */
const maxSnapshots = 5;

/**
 * The fault of a table, as of one moment.
 * @param owner without a statement timeout
 * @param maxMs of all snapshots together; absent: no limit @throws the driver's error of a cancelled statement
 */
export async function faultOf(
  { owner }: Pick<Database, 'owner'>,
  table: SqlName,
  maxMs?: number,
): Promise<DigestFault | undefined> {
  const compare = (snapshot: Transaction): Promise<DigestFault | undefined> => faultOfTable(snapshot, table);
  const begun = performance.now();
  for (let nth = 1; nth <= maxSnapshots; nth += 1) {
    try {
      if (maxMs === undefined) return await inSnapshot(owner, compare);
      const leftMs = maxMs - (performance.now() - begun);
      return await inSnapshotWithin(owner, Math.max(0, leftMs), compare);
    } catch (error) {
      if (!(error instanceof PartitionDropped)) throw error;
    }
  }
  return 'rows_altered';
}

/**
 * Gives every table its first digest: in a new database (which has no tables), and once in a database of an earlier release.
 * @param append writes the entry with the number of tables
 */
export async function digestStoredRows(
  { owner }: Pick<Database, 'owner'>,
  append: (tables: number) => Promise<unknown>,
): Promise<void> {
  const digests = sealingOf(owner)?.digests;
  if (digests === undefined) return;
  if (digests.known(allDigested).version > 0) return;
  const tables = await withTransaction(owner, async (transaction) => {
    // several processes may start at once
    await lockSums(transaction);
    if ((await summedTables(transaction)).has(allDigested)) return 0;
    const made = await digestedTables(transaction);
    for (const table of made) await digestAnew(transaction, table);
    for (const { dataset, batch } of await currentBatches(transaction))
      await noteCurrentBatch(transaction, dataset, batch);
    await writeSum(transaction, digests.key, allDigested, { version: 1, count: 0, sum: 0n });
    return made.length;
  });
  digests.seen(allDigested, { version: 1 });
  if (tables > 0) await append(tables);
}

/** Datasets by the table of their rows, including tables of former schema versions. */
export async function datasetsOfTables(reader: Reader): Promise<ReadonlyMap<SqlName, string>> {
  const { rows: batches } = await reader.query<{ id: string; dataset: string }>(
    `SELECT b.id, b.dataset FROM batch AS b WHERE EXISTS (SELECT FROM pg_class WHERE relnamespace = 'rows'::regnamespace
        AND relname = 'b_' || replace(b.id::text, '-', ''))`,
  );
  const { rows: lasting } = await reader.query<{ dataset: string; name: string; major: number }>(
    `SELECT DISTINCT d.id AS dataset, v.name, other.major FROM dataset AS d JOIN schema_version AS v ON v.urn = d.schema
       JOIN schema_version AS other ON other.name = v.name WHERE d.mode = 'upsert'`,
  );
  return new Map([
    ...batches.map(({ id, dataset }) => [batchTable(id), dataset] as const),
    ...lasting.map(({ dataset, ...schema }) => [datasetTable(dataset, schema), dataset] as const),
    ...(await goneTables(reader)).map(({ dataset, table }) => [table, dataset] as const),
  ]);
}
