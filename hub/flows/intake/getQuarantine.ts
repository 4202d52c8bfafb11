/**
 * The return flow: a provider reads its own quarantined rows, with the problems of each.
 *
 *   whose batch? → rows as they were read → append entry → reply with receipt
 */
import { quarantinedRows } from '../rows/store/quarantine.ts';
import { allowed, denied } from '../../pipeline/call.ts';
import { batchFacts } from './answer.ts';
import { ownBatch } from './openBatch.ts';
import { sourceOf } from './sourceOf.ts';
import { sent } from '../../domain/cells.ts';
import { ofBatch } from '../../pipeline/ownership.ts';
import { intakeOperation } from '../operation.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { liveQuarantinedRows } from '../rows/store/liveQuarantine.ts';
import { liveDataset } from '../hostedDataset.ts';
import { defined } from '../../../terms/defined.ts';

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
      ...defined({ source }),
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

/*
 * The return flow of live data: a provider reads its rows that failed validation, with the problems of each.
 *
 *   whose dataset? → rows as they came → append entry → reply with receipt
 */

/** GET /v1/datasets/{dataset}/quarantine?after=&limit= @throws Problem dataset_unknown */
export const getLiveQuarantine = intakeOperation('getLiveQuarantine', {
  kind: 'return',
  run: async ({ caller, params, query }, { database, sealer, registry }) => {
    const id = datasetId(params.dataset);
    const facts = { dataset: id, provider: providerOf(id) };
    if (facts.provider !== caller.department) return denied(new Problem('not_the_provider'), facts);
    const { row, schema } = liveDataset(registry, id);
    if (row.mode !== 'live') return denied(new Problem('dataset_hosted', { dataset: id }), facts);
    const after = Number(query['after'] ?? 0);
    const limit = Number(query['limit'] ?? 100);
    const found = await liveQuarantinedRows(database.app, sealer, id, after, limit);
    const last = found.at(-1);
    const rows = found.map(({ seen, ...one }) => ({ ...one, seen: seen.toISOString() }));
    const page = {
      dataset: id,
      rows,
      ...(rows.length === limit && last !== undefined ? { next: last.nth } : {}),
    };
    return allowed<'getLiveQuarantine'>(200, page, {
      facts: { ...facts, schema: schema.urn, rows: { delivered: rows.length, withheld: 0 } },
    });
  },
});
