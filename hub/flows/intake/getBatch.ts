import { allowed } from '../../pipeline/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import { batchAnswer, batchFacts } from './answer.ts';
import { ownBatch } from './ownBatch.ts';
import { intakeOperation } from '../operation.ts';

/** GET /v1/batches/{batch}: state, counts, receipt of the outcome. No rows. */
export const getBatch = intakeOperation<'getBatch', DepartmentCaller>('getBatch', {
  kind: 'inspect',
  run: async (call, services) => {
    const batch = await ownBatch(services, call);
    const dataset = services.registry.current.datasets.get(batch.dataset);
    return allowed<'getBatch'>(200, batchAnswer(batch), { facts: batchFacts(batch, dataset) });
  },
});
