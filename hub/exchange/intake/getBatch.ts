import { jsonAnswer, type ExchangeOperation } from '../call.ts';
import { batchAnswer, batchFacts } from './answer.ts';
import { ownBatch, type IntakeServices } from './services.ts';

/** GET /v1/batches/{batch}: state, counts, receipt of the outcome. No rows. */
export function getBatch(services: IntakeServices): ExchangeOperation {
  return async (call) => {
    const batch = await ownBatch(services, call);
    return {
      ...jsonAnswer(200, batchAnswer(batch)),
      facts: { ...batchFacts(batch, services.registry.current.datasets.get(batch.dataset)), kind: 'inspect' },
    };
  };
}
