/**
 * Rebind: the current rows of a dataset that is merged by key become the sealed bytes of the batch that is read under the new version.
 * They came from many batches, whose bytes may be destroyed; deleted rows do not return.
 */
import { createHash } from 'node:crypto';
import { Problem } from '../../../../terms/problem.ts';
import { batchTable, datasetTable, type Column } from '../../../domain/rowTable/layout.ts';
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
 * Writes them one page a part, in the order of `_row`.
 * @param batch an open batch without bytes @param schema the version of the stored rows @param none the bytes for a dataset without rows:
 * an empty file is invalid
 * @returns how many bytes, and hex SHA-256 of them; undefined where the hub is shutting down
 * @throws Problem changeover_read_anew: another process writes to the batch
 */
export async function copyRows(
  { database, sealer }: Pick<IntakeServices, 'database' | 'sealer'>,
  { dataset, batch }: { readonly dataset: string; readonly batch: string },
  schema: DatasetSchema,
  signal: AbortSignal,
  none: string,
): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  const table = datasetTable(dataset, schema);
  await inSnapshot(database.owner, (snapshot) => refuseAltered(snapshot, table));
  const whole = createHash('sha256');
  let at = 0;
  for (let after: string | undefined = '0'; after !== undefined;) {
    if (signal.aborted) return undefined;
    const { lines, last } = await rowLines(database.app, table, schema, after, rowsAtOnce);
    after = last;
    if (last === undefined && at > 0) break;
    const plain = Buffer.from(last === undefined ? none : `${lines.join('\n')}\n`, 'utf8');
    const sha256 = createHash('sha256').update(plain).digest();
    const from = at;
    await withTransaction(database.app, async (transaction) => {
      if (!(await advanceBatch(transaction, batch, from, plain.length)))
        throw new Problem('changeover_read_anew', { dataset });
      await putPart(transaction, sealer, { batch, at: from, plain, sha256 });
    });
    whole.update(plain);
    at += plain.length;
  }
  return { bytes: at, sha256: whole.digest('hex') };
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
  if (mode === 'upsert') await mergeWhole(transaction, id, schema, batch);
  await noteCurrentBatch(transaction, id, batch);
}

/* Rebind: the rows of a dataset that is merged by key start the lasting table of its new major version. */

/**
 * Runs in the transaction of the entry that switches. If the dataset had this major version before, its table is emptied first. A row that
 * would request its own deletion under the new version remains a row: a switch loses nothing.
 * @throws Problem under_legal_hold: rows of that version, which the hold retains, would be deleted
 */
export async function mergeWhole(
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

/** Rebind: drops the lasting table of the former major version one day after the switch, when no reader uses it. */
const dayLength = 86_400_000;

/** Under legal hold it is retained. @param now Unix milliseconds */
export async function dropFormer(
  { database, registry }: Pick<IntakeServices, 'database' | 'registry'>,
  now: number,
): Promise<void> {
  for (const { dataset, left, bound, endedBy } of await leftVersions(database.app)) {
    const [former, current] = [left, bound].map((urn) => registry.current.schemas.get(urn)?.schema);
    if (former === undefined || current === undefined) continue;
    const switchedAt = Number.parseInt(endedBy.replaceAll('-', '').slice(0, 12), 16);
    const table = datasetTable(dataset, former);
    // a dataset may have returned to it
    if (now - switchedAt < dayLength || table === datasetTable(dataset, current)) continue;
    try {
      await dropLasting(database, dataset, table);
    } catch (error) {
      if (!isRepeatable(error)) throw error; // a reader uses it at this moment: retried in the next run
    }
  }
}
