import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { endLiveService as end, liveServiceOf } from '../../../registry/store/liveServices.ts';
import { decided } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** The service is asked no more, from the next question on: it takes away, so one person is enough. @throws Problem live_service_unknown */
export const endLiveService = operation('endLiveService', {
  kind: 'management',
  permission: decided,
  owner: ofDataset,
  run: async (call, { database }) => {
    const { reason } = call.body;
    const dataset = datasetId(call.params.dataset);
    const unknown = new Problem('live_service_unknown', { dataset });
    if ((await liveServiceOf(database.app, dataset)) === undefined) throw unknown;
    return allowed<'endLiveService'>(
      200,
      { dataset, ended: true },
      {
        facts: {
          ...{ dataset, provider: providerOf(dataset) },
          change: { kind: 'LiveService', id: dataset, act: 'end', reason },
        },
        // every process reads its registries again
        bumpsEpoch: true,
        work: async (transaction) => {
          if (!(await end(transaction, dataset, call.caller.person))) throw unknown;
        },
      },
    );
  },
});
