/** The walks, by the operation that begins each: the only ways rows move. */
import type { ExchangeOperation } from './call.ts';
import { idempotent } from './idempotent.ts';
import { commitBatch } from './intake/commitBatch.ts';
import { getBatch } from './intake/getBatch.ts';
import type { IntakeServices } from './intake/services.ts';
import { openBatch, putBatchPart } from './intake/upload.ts';
import { queryDataset } from './release/queryDataset.ts';
import type { ReleaseServices } from './release/services.ts';
import { getQuarantine } from './returnQuarantine.ts';

export function walks(
  intake: IntakeServices,
  release: ReleaseServices,
): Readonly<Record<string, ExchangeOperation>> {
  return {
    queryDataset: queryDataset(release),
    openBatch: idempotent(intake.database, openBatch(intake)),
    putBatchPart: putBatchPart(intake),
    commitBatch: idempotent(intake.database, commitBatch(intake)),
    getBatch: getBatch(intake),
    getQuarantine: getQuarantine(intake),
  };
}
