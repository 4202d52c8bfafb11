import { dayInChina } from '../../../../terms/civilDate.ts';
import { datasetId, providerOf } from '../../../../terms/ids.ts';
import { Problem } from '../../../../terms/problem.ts';
import { longestPauseDays } from '../../../domain/pull.ts';
import { allowed } from '../../../pipeline/call.ts';
import { pausePull as pause, pullOf } from '../store/pulls.ts';
import { own } from '../../../domain/cells.ts';
import { ofDataset } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

const dayMs = 86_400_000;

/**
 * No run begins up to the end of a day: a source under maintenance is no failure, and nobody has to set the pull anew behind it. It takes
 * away for a while, so one person is enough.
 * @throws Problem pull_unknown, pull_pause_days
 */
export const pausePull = operation('pausePull', {
  kind: 'management',
  // only its own department knows of its database; the office may end it
  permission: { steward: own, security: own },
  owner: ofDataset,
  run: async (call, { database }) => {
    const { reason, until } = call.body;
    const dataset = datasetId(call.params.dataset);
    const unknown = new Problem('pull_unknown', { dataset });
    if ((await pullOf(database.app, dataset)) === undefined) throw unknown;
    const today = dayInChina(call.now);
    const latest = dayInChina(call.now + longestPauseDays * dayMs);
    if (until < today || until > latest) throw new Problem('pull_pause_days', { until, today, latest });
    return allowed<'pausePull'>(
      200,
      { dataset, until },
      {
        facts: {
          ...{ dataset, provider: providerOf(dataset) },
          change: { kind: 'Pull', id: dataset, act: 'pause', until, reason },
        },
        work: async (transaction) => {
          const paused = { until, reason, by: call.caller.person, at: call.now };
          if (!(await pause(transaction, dataset, paused))) throw unknown;
        },
      },
    );
  },
});
