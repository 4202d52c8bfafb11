import type { components } from '../../../../api/openapi.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { findingsOf } from '../../../registry/store/liveFindings.ts';
import { liveServiceOf } from '../../../registry/store/liveServices.ts';
import { moment } from '../../common/listing.ts';
import { seen } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** The service that a live dataset is asked of, and what of its answers could not be used. @throws Problem live_service_unknown */
export const showLiveService = operation('showLiveService', {
  kind: 'inspect',
  permission: seen,
  owner: ofDataset,
  run: async (call, { database }) => {
    const dataset = datasetId(call.params.dataset);
    const row = await liveServiceOf(database.app, dataset);
    if (row === undefined) throw new Problem('live_service_unknown', { dataset });
    const findings = await findingsOf(database.app, dataset);
    const answer: components['schemas']['LiveServiceShown'] = {
      dataset,
      service: row.document as components['schemas']['LiveService'],
      digest: row.digest,
      author: row.author,
      approver: row.approver,
      setAt: moment(row.setAt),
      findings: findings.map(({ exchange, at, told }) => ({ exchange, at: moment(at), ...told })),
    };
    return allowed<'showLiveService'>(200, answer, { facts: { dataset, provider: providerOf(dataset) } });
  },
});
