import type { components } from '../../../api/openapi.ts';
import type { FilterTerm } from '../../../policies/decision.ts';
import { explain } from '../../../policies/explain.ts';
import { jsonAnswer, type ExchangeOperation } from '../../exchange/call.ts';
import type { Services } from '../services.ts';

/** Why the same query would be allowed or denied, for the eyes of the department that asks. No rows are read. */
export const explainDecision =
  ({ registry }: Services): ExchangeOperation =>
  (call) => {
    const { fields, filter = [], sort = [], limit } = call.body as components['schemas']['Query'];
    const { signed, department } = call.caller;
    const dataset = call.params['dataset'] ?? '';
    const request = {
      consumer: department,
      dataset,
      agreement: signed['agreement'],
      purpose: signed['purpose'],
      onBehalfOf: signed['on-behalf-of'],
      matter: signed['matter'],
      fields,
      filter: filter as readonly FilterTerm[],
      sort,
      limit,
    };
    const { plans } = registry.current;
    const explanation = explain(request, plans, call.now, 'consumer');
    return {
      ...jsonAnswer(200, explanation),
      facts: { kind: 'inspect', consumer: department, dataset, policy: plans.digest },
    };
  };
