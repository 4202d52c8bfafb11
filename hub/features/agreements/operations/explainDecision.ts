import { explain, planOf } from '../../../../policies/explain.ts';
import { allowed } from '../../../pipeline/call.ts';
import { requestOf } from '../../../flows/release/allowedCall.ts';
import { askedIn } from '../../../flows/release/queryDataset.ts';
import { quotaCounter } from '../../../flows/release/quotas.ts';
import { callsTaken } from '../../../log/store/quotas.ts';
import { dayInChina } from '../../../../terms/civilDate.ts';
import { Problem } from '../../../../terms/problem.ts';
import { operation } from '../../common/operation.ts';

/** Why the same query would be allowed or denied, for the eyes of the department that asks. No rows are read, and no consents. */
export const explainDecision = operation('explainDecision', {
  kind: 'inspect',
  run: async (call, { registry, database }) => {
    const request = requestOf(call, askedIn(call.body));
    if (!registry.current.founded) throw new Problem('hub_not_founded');
    const { plans } = registry.current;
    const plan = planOf(request, plans);
    const callsToday =
      plan?.whole.limits.callsPerDay === undefined
        ? undefined
        : await callsTaken(database.app, quotaCounter(plan.ref), dayInChina(call.now));
    const explanation = explain(request, plans, call.now, 'consumer', {
      ...(callsToday === undefined ? {} : { callsToday }),
      stopped: registry.current.stopped.get(request.agreement ?? '') ?? [],
    });
    const { consumer, dataset } = request;
    return allowed<'explainDecision'>(200, explanation, {
      facts: { consumer, dataset, policy: plans.digest },
    });
  },
});
