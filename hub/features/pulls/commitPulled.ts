import { Problem } from '../../../terms/problem.ts';
import { batchById } from '../../flows/intake/store/batches.ts';
import { closeAsSame } from '../../flows/intake/store/endBatch.ts';
import { intakeRulesOf } from '../../registry/store/datasets.ts';
import { finishInBackground } from '../../flows/intake/background.ts';
import { beginLoading, runLoading } from '../../flows/intake/loading.ts';
import { sameBytes } from '../../flows/intake/correction.ts';
import type { IntakeServices } from '../../flows/intake/services.ts';
import type { PullTarget } from './pullTarget.ts';
import type { Running } from './running.ts';

/**
 * Commits the batch of a run as any other: translated, guarded, published or held, with an entry of the hub's own.
 * Where nothing has changed since the batch that readers see, nothing is loaded. @returns whether readers see these rows now
 * @throws Problem batch_claimed
 */
export async function commitPulled(
  services: IntakeServices,
  { dataset, mapping }: PullTarget,
  file: { readonly batch: string; readonly sha256: string; readonly bytes: number; readonly rows: number },
  running: Running,
): Promise<boolean> {
  const batch = await batchById(services.database.app, file.batch);
  if (batch === undefined) throw new Problem('batch_unknown');
  const { sha256 } = file;
  const first = await sameBytes(services, batch, file, dataset, mapping);
  if (first !== undefined) {
    const as = { sha256, mapping: mapping.label, mappingDigest: mapping.digest, schema: dataset.schema.urn };
    await running.act({
      ...{ operation: 'commitBatch', kind: 'intake', dataset: batch.dataset, provider: batch.department },
      change: { batch: batch.id, sameAs: first.id },
      work: async (transaction) => {
        if (!(await closeAsSame(transaction, batch.id, as, first))) throw new Problem('batch_claimed');
      },
    });
    return true;
  }
  // the source's own count, where the dataset asks its senders for one
  const control = intakeRulesOf(dataset.row).controlTotals ? { rows: file.rows } : null;
  const loading = await beginLoading(services, { ...batch, control }, sha256, dataset, mapping);
  await finishInBackground(services, loading, runLoading(services, loading));
  return (await batchById(services.database.app, batch.id))?.state === 'published';
}
