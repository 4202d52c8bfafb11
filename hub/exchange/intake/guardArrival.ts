/** Guards: what a loaded batch is held against before anybody sees it. */
import type { Finding } from '../../domain/guards.ts';
import { guard } from '../../domain/guards.ts';
import type { Reader } from '../../store/database/reader.ts';
import { referenceRows, sameBytesBefore } from '../../store/intake/formerBatches.ts';
import { intakeRulesOf } from '../../store/registry/datasets.ts';
import type { Loading } from './loading.ts';
import type { Translation } from './translateBatch.ts';

export async function guardArrival(
  reader: Reader,
  { batch, dataset }: Pick<Loading, 'batch' | 'dataset'>,
  { counts, over }: Translation,
): Promise<readonly Finding[]> {
  const [reference, { before, elsewhere }] = await Promise.all([
    referenceRows(reader, batch.dataset),
    sameBytesBefore(reader, batch),
  ]);
  const replaces = dataset.row.mode === 'snapshot';
  return guard({ counts, over, replaces, reference, before, elsewhere }, intakeRulesOf(dataset.row));
}
