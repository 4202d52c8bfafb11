import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { endPull as end, pullOf } from '../store/pulls.ts';
import { everywhere, own } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** No run begins any more, and the password is forgotten: it takes away, so one person is enough. @throws Problem pull_unknown */
export const endPull = operation('endPull', {
  kind: 'management',
  permission: { 'office steward': everywhere, 'office security': everywhere, steward: own, security: own },
  owner: ofDataset,
  run: async (call, { database }) => {
    const { reason } = call.body;
    const dataset = datasetId(call.params.dataset);
    const unknown = new Problem('pull_unknown', { dataset });
    if ((await pullOf(database.app, dataset)) === undefined) throw unknown;
    return allowed<'endPull'>(
      200,
      { dataset, ended: true },
      {
        facts: {
          ...{ dataset, provider: providerOf(dataset) },
          change: { kind: 'Pull', id: dataset, act: 'end', reason },
        },
        work: async (transaction) => {
          if (!(await end(transaction, dataset, call.caller.person))) throw unknown;
        },
      },
    );
  },
});
