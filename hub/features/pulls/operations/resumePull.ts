import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { pausedNow } from '../../../domain/pull.ts';
import { allowed } from '../../../pipeline/call.ts';
import { pullOf, resumePull as resume } from '../store/pulls.ts';
import { own } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** Runs go on before the pause is over. @throws Problem pull_unknown, pull_not_paused */
export const resumePull = operation('resumePull', {
  kind: 'management',
  permission: { steward: own, security: own },
  owner: ofDataset,
  run: async (call, { database }) => {
    const dataset = datasetId(call.params.dataset);
    const row = await pullOf(database.app, dataset);
    if (row === undefined) throw new Problem('pull_unknown', { dataset });
    const idle = new Problem('pull_not_paused', { dataset });
    if (!pausedNow(row.pause, call.now)) throw idle;
    return allowed<'resumePull'>(
      200,
      { dataset, resumed: true },
      {
        facts: {
          ...{ dataset, provider: providerOf(dataset) },
          change: { kind: 'Pull', id: dataset, act: 'resume' },
        },
        work: async (transaction) => {
          if (!(await resume(transaction, dataset))) throw idle;
        },
      },
    );
  },
});
