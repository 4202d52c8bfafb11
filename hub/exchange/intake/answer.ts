import type { BatchRow } from '../../store/batches.ts';
import type { LeafFacts } from '../call.ts';
import type { LiveDataset } from '../registry.ts';

/** The public view of a batch: `Batch` of openapi.yaml. */
export function batchAnswer(batch: BatchRow): Record<string, unknown> {
  return {
    batch: batch.id,
    dataset: batch.dataset,
    state: batch.state,
    offset: batch.bytes,
    ...(batch.counts === undefined ? {} : { counts: batch.counts }),
    ...(batch.sha256 === null ? {} : { sha256: batch.sha256 }),
    ...(batch.mapping === null ? {} : { mapping: batch.mapping }),
    ...(batch.problem === null ? {} : { problem: batch.problem }),
    ...(batch.sameAs === null ? {} : { sameAs: batch.sameAs }),
    ...(batch.exchange === null ? {} : { exchange: batch.exchange }),
    ...(batch.receipt === null ? {} : { receipt: batch.receipt }),
  };
}

/** What the log says of an exchange about a batch. */
export function batchFacts(batch: BatchRow, dataset: LiveDataset | undefined): LeafFacts {
  return {
    dataset: batch.dataset,
    provider: batch.department,
    ...(dataset === undefined ? {} : { schema: dataset.schema.urn }),
    ...(batch.sha256 === null
      ? {}
      : {
          batch: {
            id: batch.id,
            sha256: batch.sha256,
            rows: batch.counts?.rows ?? 0,
            bad: batch.counts?.bad ?? 0,
          },
        }),
  };
}
