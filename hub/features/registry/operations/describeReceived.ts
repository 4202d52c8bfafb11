import { maskedDataset } from '../../../../policies/maskedDataset.ts';
import { receivedContract } from '../../../../policies/receivedContract.ts';
import { Problem } from '../../../../terms/problem.ts';
import type { ReplyOf } from '../../../pipeline/contract.ts';
import { allowed } from '../../../pipeline/call.ts';
import { plansInForce } from '../../../../policies/plansInForce.ts';
import { operation } from '../../common/operation.ts';

/**
 * GET /v1/datasets/{dataset}/openapi: a dataset as the caller itself may ask for it now, and what it gets: an OpenAPI document.
 * @throws Problem dataset_unknown, no_agreement, several_agreements
 */
export const describeReceived = operation('describeReceived', {
  kind: 'inspect',
  run: (call, { registry, hub }) => {
    const id = call.params.dataset;
    const { agreement, purpose } = call.query;
    const { datasets, plans } = registry.current;
    const dataset = datasets.get(id);
    if (dataset === undefined) throw new Problem('dataset_unknown', { dataset: id });
    const { department: consumer } = call.caller;
    const found = plansInForce(plans, { consumer, dataset: id }, call.now).filter(
      ({ ref }) =>
        (agreement === undefined || ref.agreement === agreement) &&
        (purpose === undefined || ref.purpose === purpose),
    );
    const [plan, another] = found;
    if (plan === undefined) throw new Problem('no_agreement', {}, { at: id });
    if (another !== undefined)
      throw new Problem('several_agreements', {
        choices: found.map(({ ref }) => `${ref.agreement} ${ref.purpose}`).join(', '),
      });
    const record = maskedDataset(plan, dataset.compiled.surroundings).document;
    const title = { zh: dataset.row.titleZh, en: dataset.row.titleEn };
    const body = receivedContract(plan, record, { origin: hub.publicOrigin, title }) as ReplyOf<
      'describeReceived',
      200
    >;
    return allowed<'describeReceived'>(200, body, {
      facts: { dataset: id, consumer, agreement: plan.ref.agreement },
    });
  },
});
