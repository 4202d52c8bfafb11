import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { pausedNow } from '../../../domain/pull.ts';
import { allowed } from '../../../pipeline/call.ts';
import { askPull, pullOf } from '../store/pulls.ts';
import { sent } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** A run as soon as the hub finds the time, whatever the schedule says. @throws Problem pull_unknown, pull_paused */
export const runPull = operation('runPull', {
  kind: 'management',
  permission: sent,
  owner: ofDataset,
  run: async (call, { database }) => {
    const dataset = datasetId(call.params.dataset);
    const unknown = new Problem('pull_unknown', { dataset });
    const row = await pullOf(database.app, dataset);
    if (row === undefined) throw unknown;
    if (row.pause !== undefined && pausedNow(row.pause, call.now))
      throw new Problem('pull_paused', { dataset, until: row.pause.until });
    return allowed<'runPull'>(
      202,
      { dataset, asked: true },
      {
        facts: { dataset, provider: providerOf(dataset), change: { kind: 'Pull', id: dataset, act: 'run' } },
        work: async (transaction) => {
          if (!(await askPull(transaction, dataset, call.now))) throw unknown;
        },
      },
    );
  },
});
