import { codePageOfCpg } from '../../../adapters/dbf/codePages.ts';
import type { components } from '../../../api/openapi.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { uuid7 } from '../../../machine/uuid7.ts';
import { receives } from '../../domain/dataset.ts';
import { openBatch as insertBatch } from '../../store/intake/openBatch.ts';
import { openBatches } from '../../store/intake/openBatches.ts';
import { allowed, denied, type Call, type Outcome } from '../../gate/call.ts';
import type { DepartmentCaller } from '../../identity/authentication/caller.ts';
import { liveDataset } from '../liveDataset.ts';
import type { IntakeServices } from './services.ts';

/** POST /v1/datasets/{dataset}/batches: the upload begins. @throws Problem dataset_unknown, too_many_open_batches */
export function openBatch(call: Call<DepartmentCaller>, services: IntakeServices): Outcome {
  const { department } = call.caller;
  const id = datasetId(call.params['dataset'] ?? '');
  const facts = { dataset: id, provider: providerOf(id) };
  if (providerOf(id) !== department) return denied(new Problem('not_the_provider'), facts);
  const dataset = liveDataset(services.registry, id);
  const { state } = dataset.row;
  if (!receives(state)) return denied(new Problem('dataset_unavailable', { dataset: id, state }), facts);
  const { fileName, codePage } = call.body as components['schemas']['BatchOpening'];
  if (codePage !== undefined) codePageOfCpg(Buffer.from(codePage, 'utf8')); // one that names nothing is refused before its table comes
  const batch = uuid7(call.now);
  return allowed(
    201,
    { batch, dataset: id, state: 'receiving', offset: 0 },
    {
      facts: { ...facts, schema: dataset.schema.urn, change: { batch, state: 'receiving' } },
      // in the entry's transaction: so many opened at once are counted too
      work: async (transaction) => {
        const open = await openBatches(transaction, department);
        const { limits } = services;
        if (open.batches >= limits.openBatches || open.bytes >= limits.openBytes) {
          throw new Problem('too_many_open_batches', { ...open });
        }
        await insertBatch(transaction, { id: batch, dataset: id, department, fileName, codePage });
      },
    },
  );
}
