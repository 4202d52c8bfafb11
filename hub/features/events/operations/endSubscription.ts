import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';
import { endSubscriptionRow, subscriptionById } from '../store/subscriptions.ts';
import { subscriptionView } from '../subscriptionView.ts';

/** POST /v1/subscriptions/{subscription}/end: nothing is delivered by it any more. @throws Problem subscription_unknown, subscription_ended */
export const endSubscription = operation('endSubscription', {
  kind: 'management',
  run: async (call, { database }) => {
    const { subscription: id } = call.params;
    const row = await subscriptionById(database.app, id);
    if (row === undefined || row.department !== call.caller.department)
      throw new Problem('subscription_unknown');
    if (row.endedAt !== undefined) throw new Problem('subscription_ended');
    return allowed<'endSubscription'>(200, subscriptionView({ ...row, endedAt: call.now }), {
      facts: {
        ...{ consumer: row.department, provider: row.publisher, agreement: row.agreement },
        change: { subscription: id, topic: row.topic, act: 'end' },
      },
      work: async (transaction) => {
        if (!(await endSubscriptionRow(transaction, id, call.exchange)))
          throw new Problem('subscription_ended');
      },
    });
  },
});
