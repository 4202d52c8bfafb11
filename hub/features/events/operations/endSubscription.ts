import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { operation } from '../../common/operation.ts';
import { endSubscriptionRow, subscriptionById } from '../store/subscriptions.ts';
import type { Transaction } from '../../../platform/database/transaction.ts';
import { dropPositions, patternById } from '../store/patterns.ts';
import { patternView, subscriptionView } from '../subscriptionView.ts';

/** POST /v1/subscriptions/{subscription}/end: nothing is delivered by it any more. @throws Problem subscription_unknown, subscription_ended */
export const endSubscription = operation('endSubscription', {
  kind: 'management',
  run: async (call, { database }) => {
    const { subscription: id } = call.params;
    const row = await subscriptionById(database.app, id);
    const pattern = row === undefined ? await patternById(database.app, id) : undefined;
    const found = row ?? pattern;
    if (found?.department !== call.caller.department) throw new Problem('subscription_unknown');
    if (found.endedAt !== undefined) throw new Problem('subscription_ended');
    const end = async (transaction: Transaction): Promise<void> => {
      if (!(await endSubscriptionRow(transaction, id, call.exchange)))
        throw new Problem('subscription_ended');
    };
    if (pattern !== undefined)
      return allowed<'endSubscription'>(200, patternView({ ...pattern, endedAt: call.now }, []), {
        facts: {
          consumer: pattern.department,
          change: { subscription: id, topic: pattern.pattern, act: 'end' },
        },
        work: async (transaction) => {
          await end(transaction);
          await dropPositions(transaction, id);
        },
      });
    if (row === undefined) throw new Problem('subscription_unknown');
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
