import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { askPull, pullOf } from '../../store/pulls/pulls.ts';
import type { Services } from '../services.ts';

/** A run as soon as the hub finds the time, whatever the schedule says. @throws Problem pull_unknown */
export async function runPull(call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const dataset = datasetId(call.params['dataset'] ?? '');
  const unknown = new Problem('pull_unknown', { dataset });
  if ((await pullOf(database.app, dataset)) === undefined) throw unknown;
  return allowed(
    202,
    { dataset, asked: true },
    {
      facts: { dataset, provider: providerOf(dataset), change: { kind: 'Pull', id: dataset, act: 'run' } },
      work: async (transaction) => {
        if (!(await askPull(transaction, dataset, call.now))) throw unknown;
      },
    },
  );
}
