import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { pausedNow } from '../../domain/pull.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { pullOf, resumePull as resume } from '../../store/pulls/pulls.ts';
import type { Services } from '../services.ts';

/** Runs go on before the pause is over. @throws Problem pull_unknown, pull_not_paused */
export async function resumePull(call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const dataset = datasetId(call.params['dataset'] ?? '');
  const row = await pullOf(database.app, dataset);
  if (row === undefined) throw new Problem('pull_unknown', { dataset });
  const idle = new Problem('pull_not_paused', { dataset });
  if (!pausedNow(row.pause, call.now)) throw idle;
  return allowed(
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
}
