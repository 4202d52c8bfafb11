/**
 * The return walk: a provider's own quarantined rows go back to it, with what is wrong with each.
 *
 *   whose batch? → rows as they were read → append entry → reply with receipt
 */
import { quarantinedRows } from '../rows/store/quarantine.ts';
import { allowed } from '../../pipeline/call.ts';
import { batchFacts } from './answer.ts';
import { ownBatch } from './ownBatch.ts';
import { sourceOf } from './sourceOf.ts';
import { sent } from '../../domain/cells.ts';
import { ofBatch } from '../../pipeline/ownership.ts';
import { intakeOperation } from '../operation.ts';

/** GET /v1/batches/{batch}/quarantine?after=&limit= */
export const getQuarantine = intakeOperation('getQuarantine', {
  kind: 'return',
  permission: sent,
  owner: ofBatch,
  run: async (call, services) => {
    const batch = await ownBatch(services, call);
    const after = Number(call.query.after ?? 0);
    const limit = Number(call.query.limit ?? 100);
    const rows = await quarantinedRows(services.database.app, services.sealer, batch.id, after, limit);
    const last = rows.at(-1);
    const dataset = services.registry.current.datasets.get(batch.dataset);
    const source = after === 0 ? await sourceOf(services, batch, dataset) : undefined;
    const page = {
      batch: batch.id,
      bad: batch.counts?.bad ?? rows.length,
      ...(source === undefined ? {} : { source }),
      rows,
      ...(rows.length === limit && last !== undefined ? { next: last.nth } : {}),
    };
    return allowed<'getQuarantine'>(200, page, {
      facts: {
        ...batchFacts(batch, dataset),
        rows: { delivered: rows.length, withheld: 0 },
      },
    });
  },
});
