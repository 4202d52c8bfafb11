/**
 * Lineage: from a provider's own row to its batch, the line of its file and the mapping that read it.
 *
 *   whose dataset? → the row's batch → its raw bytes, read again up to the row → append entry → signed reply
 */
import type { components } from '../../../api/openapi.ts';
import { conversionsOf, type CompiledMapping } from '../../../adapters/mapping/compile.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { CopyCells } from '../../domain/rowTable/storable.ts';
import { batchTable, datasetTable, layoutOf } from '../../domain/rowTable/layout.ts';
import { allowed, denied } from '../../pipeline/call.ts';
import type { LiveDataset } from '../../registry/snapshot.ts';
import { type BatchRow, unalteredBatch } from './store/batches.ts';
import { mappingsOf } from './store/daySubmission.ts';
import { datasetById } from '../../registry/store/datasets.ts';
import { batchOfKey, type Key } from '../rows/store/byKey.ts';
import { checkProvider } from './sender.ts';
import type { IntakeServices } from './services.ts';
import { hostedDataset } from '../hostedDataset.ts';
import { keyFits, valuesOfKey } from '../ownKey.ts';
import { partsAgain } from './rereading/partsAgain.ts';
import { sent } from '../../domain/cells.ts';
import { ofDataset } from '../../pipeline/ownership.ts';
import { intakeOperation } from '../operation.ts';
import { defined, present } from '../../../terms/defined.ts';

/**
 * POST /v1/datasets/{dataset}/rows/origin.
 * @throws Problem not_the_provider, dataset_unknown, key_unfit, row_unknown, rereads_busy, batch_unknown, rows_unauthenticated
 */
export const traceRow = intakeOperation('traceRow', {
  kind: 'inspect',
  permission: sent,
  owner: ofDataset,
  run: async (call, services) => {
    const id = datasetId(call.params.dataset);
    const facts = { dataset: id, provider: providerOf(id) };
    checkProvider(call.caller, id);
    const dataset = hostedDataset(services.registry, id);
    const { key } = call.body;
    const fields = layoutOf(dataset.schema).key;
    if (!keyFits(key, fields)) {
      const names = fields.map(({ field }) => field).join(', ');
      return denied(new Problem('key_unfit', { key: names }, { at: '/body/key' }), facts);
    }
    const { app } = services.database;
    const current = (await datasetById(app, id))?.currentBatch ?? null;
    const table =
      dataset.row.mode === 'upsert'
        ? datasetTable(id, dataset.schema)
        : current === null
          ? undefined
          : batchTable(current);
    const brought = table === undefined ? undefined : await batchOfKey(app, table, dataset.schema, key);
    if (brought === undefined) return denied(new Problem('row_unknown', { dataset: id }), facts);
    const { batch, line } = await services.rereads.run(call.caller, () =>
      originOf(services, dataset, brought, key),
    );
    const { sha256, mapping, fileName, openedAt, schema } = batch;
    const converted = convertedIn(dataset, batch);
    const origin = {
      batch: batch.id,
      sentAt: new Date(openedAt).toISOString(),
      ...present({ fileName }),
      ...defined({ line }),
      ...present({ sha256, mapping, schema }),
      ...(converted.length === 0 ? {} : { converted }),
    };
    return allowed<'traceRow'>(200, origin, {
      facts: { ...facts, change: { batch: batch.id, ...defined({ line }) } },
    });
  },
});

/** Points that the mappings of a batch convert; `by` where its calls named several, since a row does not name its call. */
function convertedIn(
  { mappings }: LiveDataset,
  { mapping, calls }: BatchRow,
): NonNullable<components['schemas']['RowOrigin']['converted']> {
  const labels = calls === null ? [mapping ?? undefined] : mappingsOf(mapping);
  return labels.flatMap((label) => {
    const compiled = mappings.get(label ?? '')?.compiled;
    const of = compiled === undefined ? [] : conversionsOf(compiled);
    return of.map((one) => ({ ...one, ...defined({ by: labels.length > 1 ? label : undefined }) }));
  });
}

/**
 * The batch whose file contains the row: for a correction, this may be the corrected batch. Where a file cannot be read again, the line is
 * unknown and the search ends, because the corrected batch may contain an earlier row with this key.
 */
async function originOf(
  services: IntakeServices,
  dataset: LiveDataset,
  brought: string,
  key: Key,
): Promise<{ readonly batch: BatchRow; readonly line: number | undefined }> {
  const { app } = services.database;
  for (let id = brought; ;) {
    const batch = await unalteredBatch(app, id);
    if (batch === undefined) throw new Problem('batch_unknown');
    const mapping = dataset.mappings.get(batch.mapping ?? '')?.compiled;
    // the bodies of calls are not stored
    if (mapping === undefined || batch.calls !== null) return { batch, line: undefined };
    try {
      const line = await lineOf(services, dataset, mapping, batch, key);
      if (line !== undefined || batch.corrects === null) return { batch, line };
    } catch (error) {
      if (error instanceof Problem && error.code === 'raw_bytes_gone') return { batch, line: undefined };
      throw error;
    }
    id = batch.corrects;
  }
}

/**
 * The physical line of the first row with the key; undefined: the file has none.
 * @throws Problem raw_bytes_gone, also where they are destroyed while being read
 */
async function lineOf(
  services: IntakeServices,
  dataset: LiveDataset,
  mapping: CompiledMapping,
  batch: BatchRow,
  key: Key,
): Promise<number | undefined> {
  const layout = layoutOf(dataset.schema);
  const keyCells = new CopyCells(layout, dataset.schema.primaryKey);
  const wanted = keyCells.of(valuesOfKey(key, layout.key));
  if (wanted === undefined) return undefined;
  for await (const { tuples, lines } of partsAgain(services, dataset, mapping, batch)) {
    let found: number | undefined;
    keyCells.each(tuples, (cells, nth) => {
      if (wanted.every((cell, place) => cell === cells[place])) found ??= lines[nth];
    });
    if (found !== undefined) return found;
  }
  return undefined;
}
