import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';
import { activeSubscription } from '../consumers.ts';
import { endSubscriptionRow } from '../store/subscriptions.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { dropPositions } from '../store/patterns.ts';
import { patternView, subscriptionView } from '../subscriptionView.ts';

/** POST /v1/subscriptions/{subscription}/end: nothing is delivered by it any more. @throws Problem subscription_unknown, subscription_ended */
export const endSubscription = operation('endSubscription', {
  kind: 'management',
  run: async (call, { database }) => {
    const { subscription: id } = call.params;
    const row = await activeSubscription(database.app, id, call.caller);
    const end = async (transaction: Transaction): Promise<void> => {
      if (!(await endSubscriptionRow(transaction, id, call.exchange)))
        throw new Problem('subscription_ended');
    };
    if ('pattern' in row)
      return allowed<'endSubscription'>(200, patternView({ ...row, endedAt: call.now }, []), {
        facts: {
          consumer: row.department,
          change: { subscription: id, topic: row.pattern, act: 'end' },
        },
        work: async (transaction) => {
          await end(transaction);
          await dropPositions(transaction, id);
        },
      });
    return allowed<'endSubscription'>(200, subscriptionView({ ...row, endedAt: call.now }), {
      facts: {
        consumer: row.department,
        provider: row.publisher,
        agreement: row.agreement,
        change: { subscription: id, topic: row.topic, act: 'end' },
      },
      work: end,
    });
  },
});
