import type { components } from '../../../api/openapi.ts';
import { datasetId, providerOf } from '../../../terms/ids.ts';
import { Problem } from '../../../terms/problem.ts';
import { allowed, type Call, type Outcome } from '../../gate/call.ts';
import type { StaffCaller } from '../../identity/authentication/caller.ts';
import { endPull as end, pullOf } from '../../store/pulls/pulls.ts';
import type { Services } from '../services.ts';

/** No run begins any more, and the password is forgotten: it takes away, so one person is enough. @throws Problem pull_unknown */
export async function endPull(call: Call<StaffCaller>, { database }: Services): Promise<Outcome> {
  const { reason } = call.body as components['schemas']['PullEnd'];
  const dataset = datasetId(call.params['dataset'] ?? '');
  const unknown = new Problem('pull_unknown', { dataset });
  if ((await pullOf(database.app, dataset)) === undefined) throw unknown;
  return allowed(
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
}
