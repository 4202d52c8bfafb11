/**
 * Rebind: the current rows of a dataset that is merged by key become the sealed bytes of the batch that is read under the new version.
 * They came from many batches, whose bytes may be destroyed; deleted rows do not return.
 */
import { createHash } from 'node:crypto';
import { Problem } from '../../../../terms/problem.ts';
import { batchTable, datasetTable, type Column } from '../../../domain/rowTable/layout.ts';
import type { SqlName } from '../../../domain/rowTable/names.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { inSnapshot, withTransaction, type Transaction } from '../../../platform/database/transaction.ts';
import { advanceBatch } from '../store/leaseBatch.ts';
import { rowLines } from '../../rows/store/rowLines.ts';
import { putPart } from '../../rows/store/sealedParts.ts';
import type { IntakeServices } from '../services.ts';
import type { Database } from '../../../platform/database/database.ts';
import type { DatasetRow } from '../../../registry/store/datasets.ts';
import { rowTablesOf, addColumns } from '../../rows/store/tables.ts';
import { noteCurrentBatch } from '../../rows/store/currentBatches.ts';
import { emptyDatasetTable, mergeBatch } from '../../rows/store/merge.ts';
import { refuseAltered } from '../../rows/store/rowDigests.ts';
import { isRepeatable } from '../../../platform/database/failure.ts';
import { leftVersions } from '../../../registry/store/changeovers.ts';
import { useAttachmentsOfBatch } from '../../attachments/store/named.ts';
import { dropLasting } from '../../rows/store/dropLasting.ts';

const rowsAtOnce = 2_000;

/**
 * Writes the current rows to the batch, one page of them as one part, in the order of `_row`.
 * @param batch an open batch without bytes @param schema the version of the stored rows @param emptyFile bytes of a dataset without rows: a
 * file of 0 bytes is invalid
 * @returns the number of bytes, and their hex SHA-256; undefined where the hub is shutting down
 * @throws Problem changeover_read_anew: another process writes to the batch; rows_unauthenticated
 */
export async function copyRows(
  { database, sealer }: Pick<IntakeServices, 'database' | 'sealer'>,
  { dataset, batch }: { readonly dataset: string; readonly batch: string },
  schema: DatasetSchema,
  signal: AbortSignal,
  emptyFile: string,
): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  const table = datasetTable(dataset, schema);
  await inSnapshot(database.owner, (snapshot) => refuseAltered(snapshot, table));
  const fileHash = createHash('sha256');
  let at = 0;
  for (let after: string | undefined = '0'; after !== undefined;) {
    if (signal.aborted) return undefined;
    const { lines, last } = await rowLines(database.app, table, schema, after, rowsAtOnce);
    after = last;
    if (last === undefined && at > 0) break;
    const plain = Buffer.from(last === undefined ? emptyFile : `${lines.join('\n')}\n`, 'utf8');
    const sha256 = createHash('sha256').update(plain).digest();
    const from = at;
    await withTransaction(database.app, async (transaction) => {
      if (!(await advanceBatch(transaction, batch, from, plain.length)))
        throw new Problem('changeover_read_anew', { dataset });
      await putPart(transaction, sealer, { batch, at: from, plain, sha256 });
    });
    fileHash.update(plain);
    at += plain.length;
  }
  return { bytes: at, sha256: fileHash.digest('hex') };
}

/* Rebind: the stored rows of a dataset remain in their table and are read under another version of its schema. */

/**
 * Adds the columns of the other version, empty, to every table of the dataset. Readers continue; the columns are invisible until the
 * dataset is bound to that version. A hub that ends in between leaves only empty columns.
 */
export async function widenRows(
  database: Database,
  { id, mode }: Pick<DatasetRow, 'id' | 'mode'>,
  to: DatasetSchema,
  added: readonly Column[],
): Promise<void> {
  const tables = await rowTablesOf(database.owner, id);
  if (mode === 'upsert') tables.push(datasetTable(id, to));
  for (const table of tables) await addColumns(database, table, added);
}

/**
 * Runs in the transaction of the entry that switches: the rows of this batch become visible.
 * @param now Unix milliseconds @throws Problem batch_attachments_gone, under_legal_hold
 */
export async function switchRows(
  transaction: Transaction,
  { id, mode }: Pick<DatasetRow, 'id' | 'mode'>,
  schema: DatasetSchema,
  batch: string,
  now: number,
): Promise<void> {
  if (!(await useAttachmentsOfBatch(transaction, { dataset: id, schema, batch }, now)))
    throw new Problem('batch_attachments_gone', { dataset: id });
  if (mode === 'upsert') await startLastingTable(transaction, id, schema, batch);
  await noteCurrentBatch(transaction, id, batch);
}

/* Rebind: the rows of a dataset that is merged by key start the lasting table of its new major version. */

/**
 * Runs in the transaction of the entry that switches. If the dataset had this major version before, its table is emptied first. A row that
 * would request its own deletion under the new version remains a row: a switch loses nothing.
 * @throws Problem under_legal_hold: rows of that version, which the hold retains, would be deleted
 */
export async function startLastingTable(
  transaction: Transaction,
  dataset: string,
  schema: DatasetSchema,
  batch: string,
): Promise<void> {
  if (!(await emptyDatasetTable(transaction, dataset, schema)))
    throw new Problem('under_legal_hold', { what: `Dataset ${dataset}` });
  await refuseAltered(transaction, batchTable(batch));
  await mergeBatch(transaction, dataset, schema, batch);
}

/** Time after a switch for which the former table remains. */
const dayMs = 86_400_000;

/**
 * Drops the lasting table of a former major version one day after the switch, if no reader uses it. Under legal hold it remains.
 * @param now Unix milliseconds @param failures receives the errors of single tables
 */
export async function dropFormerTables(
  { database, registry }: Pick<IntakeServices, 'database' | 'registry'>,
  now: number,
  failures: unknown[],
): Promise<void> {
  // a dataset may leave a version twice: the last switch counts. Ids in UUID version 7 are in the order of time
  const newest = new Map<SqlName, { readonly dataset: string; readonly endedBy: string }>();
  for (const { dataset, left, bound, endedBy } of await leftVersions(database.app)) {
    const [former, current] = [left, bound].map((urn) => registry.current.schemas.get(urn)?.schema);
    if (former === undefined || current === undefined) continue;
    const table = datasetTable(dataset, former);
    // a dataset may have returned to it
    if (table === datasetTable(dataset, current)) continue;
    if ((newest.get(table)?.endedBy ?? '') < endedBy) newest.set(table, { dataset, endedBy });
  }
  for (const [table, { dataset, endedBy }] of newest) {
    const switchedAt = Number.parseInt(endedBy.replaceAll('-', '').slice(0, 12), 16);
    if (now - switchedAt < dayMs) continue;
    try {
      await dropLasting(database, dataset, table);
    } catch (error) {
      if (!isRepeatable(error)) failures.push(error); // a reader uses it at this moment: retried in the next run
    }
  }
}
