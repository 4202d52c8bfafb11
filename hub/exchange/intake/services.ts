import type { KeyObject } from 'node:crypto';
import { Problem } from '../../../terms/problem.ts';
import type { AuditLog } from '../../audit/draft.ts';
import { batchById } from '../../store/intake/batchById.ts';
import type { BatchRow } from '../../store/intake/batchRow.ts';
import type { Database } from '../../store/database/database.ts';
import type { Sealer } from '../../store/rows/sealedParts.ts';
import type { Announced } from '../../gate/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import type { Registry } from '../../registry/registry.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import type { Translators } from './translators.ts';

export interface IntakeServices {
  readonly database: Database;
  readonly audit: AuditLog;
  readonly registry: Registry;
  readonly sealer: Sealer;
  readonly subjectKey: KeyObject;
  readonly translators: Translators;
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
  /** batches that one department may have open at once */
  readonly openBatches: number;
  /** raw bytes that one department's open batches may keep; a batch that was begun may be finished beyond it */
  readonly openBytes: number;
  /** how long a commit waits for its translation before it answers 202, in milliseconds */
  readonly answerWithin: number;
  /** lease of a translation, in seconds */
  readonly leaseSeconds: number;
}

export const defaultIntakeLimits: IntakeLimits = {
  batchBytes: 4 * 2 ** 30,
  openBatches: 50,
  openBytes: 16 * 2 ** 30,
  answerWithin: 10_000,
  leaseSeconds: 30,
};

/** The batch of the call's path, if the caller submitted it. Another department's batch does not exist for it. @throws Problem batch_unknown */
export async function ownBatch(
  services: Pick<IntakeServices, 'database'>,
  call: Announced<DepartmentCaller>,
): Promise<BatchRow> {
  const batch = await batchById(services.database.app, call.params['batch'] ?? '');
  if (batch?.department !== call.caller.department) throw new Problem('batch_unknown');
  return batch;
}

/** @throws Problem dataset_unknown */
export function liveDataset(registry: Registry, id: string): LiveDataset {
  const dataset = registry.current.datasets.get(id);
  if (dataset === undefined) throw new Problem('dataset_unknown', { dataset: id });
  return dataset;
}
