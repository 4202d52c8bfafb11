import type { KeyObject } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import type { AuditLog } from '../../audit/draft.ts';
import { batchById, type BatchRow } from '../../store/batches.ts';
import type { Database } from '../../store/database.ts';
import type { Sealer } from '../../store/rows/sealedParts.ts';
import type { Call } from '../call.ts';
import type { LiveDataset, LiveRegistry } from '../registry.ts';

export interface IntakeServices {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly registry: LiveRegistry;
  readonly sealer: Sealer;
  readonly subjectKey: KeyObject;
  readonly limits: IntakeLimits;
  readonly report: (failure: {
    readonly exchange: string;
    readonly operation: string;
    readonly error: unknown;
  }) => void;
}

export interface IntakeLimits {
  /** largest submission in bytes */
  readonly batchBytes: number;
  /** how long a commit waits for its translation before it answers 202, in milliseconds */
  readonly answerWithin: number;
  /** lease of a translation, in seconds */
  readonly leaseSeconds: number;
}

export const defaultIntakeLimits: IntakeLimits = {
  batchBytes: 4 * 2 ** 30,
  answerWithin: 10_000,
  leaseSeconds: 30,
};

/** The batch of the call's path, if the caller submitted it. Another department's batch does not exist for it. @throws Problem batch_unknown */
export async function ownBatch(services: IntakeServices, call: Call): Promise<BatchRow> {
  const batch = await batchById(services.database.app, call.params['batch'] ?? '');
  if (batch?.department !== call.caller.department) throw new Problem('batch_unknown');
  return batch;
}

/** @throws Problem dataset_unknown */
export function liveDataset(registry: LiveRegistry, id: string): LiveDataset {
  const dataset = registry.current.datasets.get(id);
  if (dataset === undefined) throw new Problem('dataset_unknown', { dataset: id });
  return dataset;
}
