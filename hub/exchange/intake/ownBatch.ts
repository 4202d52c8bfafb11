import { Problem } from '../../../terms/problem.ts';
import type { Announced } from '../../gate/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import { batchById } from '../../store/intake/batchById.ts';
import type { BatchRow } from '../../store/intake/batchRow.ts';
import type { IntakeServices } from './services.ts';

/** The batch of the call's path, if the caller submitted it. Another department's batch does not exist for it. @throws Problem batch_unknown */
export async function ownBatch(
  services: Pick<IntakeServices, 'database'>,
  call: Announced<DepartmentCaller>,
): Promise<BatchRow> {
  const batch = await batchById(services.database.app, call.params['batch'] ?? '');
  if (batch?.department !== call.caller.department) throw new Problem('batch_unknown');
  return batch;
}
