import { explain } from '../../../policies/explain.ts';
import { jsonAnswer, type ExchangeOperation } from '../../exchange/call.ts';
import { decisionRequest, type Query } from '../../exchange/release/queryDataset.ts';
import type { Services } from '../services.ts';

/** Why the same query would be allowed or denied, for the eyes of the department that asks. No rows are read. */
export const explainDecision =
  ({ registry }: Services): ExchangeOperation =>
  (call) => {
    const request = decisionRequest(call, call.body as Query);
    const { plans } = registry.current;
    const explanation = explain(request, plans, call.now, 'consumer');
    const { consumer, dataset } = request;
    return {
      ...jsonAnswer(200, explanation),
      facts: { kind: 'inspect', consumer, dataset, policy: plans.digest },
    };
  };
