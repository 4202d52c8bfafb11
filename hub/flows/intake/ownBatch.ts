import { Problem } from '../../../terms/problem.ts';
import type { Announced } from '../../pipeline/call.ts';
import { batchById } from './store/batchById.ts';
import type { BatchRow } from './store/batchRow.ts';
import type { Sender } from './sender.ts';
import type { IntakeServices } from './services.ts';

/**
 * The batch of the call's path, if the caller's department submitted it. Another department's batch does not exist for a machine; a person
 * was held against the table of who may do what before. @throws Problem batch_unknown
 */
export async function ownBatch(
  services: Pick<IntakeServices, 'database'>,
  call: Announced<Sender>,
): Promise<BatchRow> {
  const batch = await batchById(services.database.app, call.params['batch'] ?? '');
  const { caller } = call;
  const foreign = caller.kind === 'department' && batch?.department !== caller.department;
  if (batch === undefined || foreign) throw new Problem('batch_unknown');
  return batch;
}
