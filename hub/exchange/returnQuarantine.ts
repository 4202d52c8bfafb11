/**
 * The return walk: a provider's own quarantined rows go back to it, with what is wrong with each.
 *
 *   whose batch? → rows as they were read → append entry → signed reply with receipt
 */
import { quarantinedRows } from '../store/rows/quarantine.ts';
import { jsonAnswer, type ExchangeOperation } from './call.ts';
import { batchFacts } from './intake/answer.ts';
import { ownBatch, type IntakeServices } from './intake/services.ts';

/** GET /v1/batches/{batch}/quarantine?after=&limit= */
export function getQuarantine(services: IntakeServices): ExchangeOperation {
  return async (call) => {
    const batch = await ownBatch(services, call);
    const after = Number(call.params['after'] ?? 0);
    const limit = Number(call.params['limit'] ?? 100);
    const rows = await quarantinedRows(services.database.app, services.sealer, batch.id, after, limit);
    const last = rows.at(-1);
    return {
      ...jsonAnswer(200, {
        batch: batch.id,
        bad: batch.counts?.bad ?? rows.length,
        rows,
        ...(rows.length === limit && last !== undefined ? { next: last.nth } : {}),
      }),
      facts: {
        ...batchFacts(batch, services.registry.current.datasets.get(batch.dataset)),
        kind: 'return',
        rows: { delivered: rows.length, withheld: 0 },
      },
    };
  };
}
