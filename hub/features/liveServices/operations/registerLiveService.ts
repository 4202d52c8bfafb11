import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { liveDataset } from '../../../flows/liveDataset.ts';
import { liveMapping } from '../../../flows/intake/liveMapping.ts';
import { allowedService } from '../../../flows/live/service/servicePlace.ts';
import { liveServiceOf, putLiveService } from '../../../registry/store/liveServices.ts';
import { digestOf, registered } from '../../registry/operations/registration.ts';
import { documentOf } from './serviceDocument.ts';
import { own } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { proposable } from '../../proposals/operations/proposable.ts';

/** Formats that an answer over HTTP may have. */
const formats: readonly string[] = ['json', 'xml', 'csv'];

/**
 * From now on a live dataset is asked of its provider's own service. A second person of the department accepts.
 * @throws Problem live_service_invalid, live_service_not_allowed, dataset_unknown, dataset_hosted, mapping_unknown, mapping_unreadable
 */
export const registerLiveService = proposable('registerLiveService', {
  permission: { 'office steward': own, steward: own },
  owner: ofDataset,
  secondPerson: true,
  run: async (call, { database, registry, servicePlaces }, hands) => {
    const id = datasetId(call.params.dataset);
    await registry.refresh();
    const dataset = liveDataset(registry, id);
    if (dataset.row.mode !== 'live') throw new Problem('dataset_hosted', { dataset: id });
    const { document: asked } = call.body;
    const document = await documentOf(
      asked,
      dataset.schema.fields.map(({ name }) => name),
    );
    const { compiled } = liveMapping(dataset, document.mapping);
    if (!formats.includes(compiled.format))
      throw new Problem('live_service_invalid', {
        reason: { zh: '映射须读取 JSON、XML 或 CSV', en: 'the mapping reads JSON, XML or CSV' },
      });
    allowedService(servicePlaces, providerOf(id), document.url);
    const digest = digestOf(document);
    const known = await liveServiceOf(database.app, id);
    return registered({
      kind: 'LiveService',
      id,
      digest,
      // another document takes the place of this one: services move
      registered: known?.digest === digest ? digest : undefined,
      versioned: false,
      work: (transaction) =>
        putLiveService(
          transaction,
          { dataset: id, document, digest, setAt: call.now, ...hands },
          call.exchange,
        ),
      change: { origin: new URL(document.url).origin, signs: document.signs },
    });
  },
});
