/**
 * Rebind: the rows of a dataset that is merged by key, as they stand, become the sealed bytes of the batch that is read under the new version.
 * They come of many batches, whose bytes may be gone; what was deleted does not come back.
 */
import { createHash } from 'node:crypto';
import { Problem } from '../../../../terms/problem.ts';
import { datasetTable } from '../../../domain/rowTable/layout.ts';
import type { DatasetSchema } from '../../../../schemas/datasetSchema.ts';
import { withTransaction } from '../../../platform/database/transaction.ts';
import { advanceBatch } from '../store/advanceBatch.ts';
import { rowLines } from '../../rows/store/rowLines.ts';
import { putPart } from '../../rows/store/sealedParts.ts';
import type { IntakeServices } from '../services.ts';

const rowsAtOnce = 2_000;

/**
 * Writes them a page a part, in the order of `_row`.
 * @param batch an open one without a byte @param schema the version that they lie under @param none what is written where there are none: a file
 *   without a byte is no file
 * @returns how many bytes, and hex SHA-256 of them; undefined where the hub stops
 * @throws Problem changeover_read_anew: somebody else writes to the batch
 */
export async function copyRows(
  { database, sealer }: Pick<IntakeServices, 'database' | 'sealer'>,
  { dataset, batch }: { readonly dataset: string; readonly batch: string },
  schema: DatasetSchema,
  signal: AbortSignal,
  none: string,
): Promise<{ readonly bytes: number; readonly sha256: string } | undefined> {
  const table = datasetTable(dataset, schema);
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
