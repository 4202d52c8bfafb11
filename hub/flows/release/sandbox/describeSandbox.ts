/** GET /v1/datasets/{dataset}/sandbox: how to query the synthetic twin, what it returns, and synthetic values to look up. */
import { sandboxPurpose } from '../../../../policies/sandbox/sandboxPurpose.ts';
import type { Plan } from '../../../../policies/plans.ts';
import { allowed } from '../../../pipeline/call.ts';
import { fittedRecords } from './fittedRecords.ts';
import { inSandbox } from './inSandbox.ts';
import { releaseOperation } from '../../operation.ts';

/** Example values of each field by which single subjects are queried. */
const maxValues = 5;

/** @throws Problem as inSandbox */
export const describeSandbox = releaseOperation('describeSandbox', {
  kind: 'sandbox',
  run: (call, services) => {
    const { agreement, as } = call.query;
    return inSandbox(call, services, { agreement, as }, ({ basis, dataset, twin, synthetic }) => {
      const { plan } = basis;
      const rows = fittedRecords(dataset, twin.records, plan.whole.rowFilter);
      const lookups = [...plan.lookups].map((field) => ({
        field,
        values: rows
          .slice(0, maxValues)
          .flatMap((record) => (record[field] ?? []) as string | number | readonly never[]),
      }));
      const body = {
        synthetic: { ...synthetic, purpose: plan.ref.purpose, rows: rows.length },
        purpose: sandboxPurpose as 'sandbox',
        required: requiredBy(plan),
        fields: plan.whole.fields.map(({ field, mask }) => ({ field, mask: mask.name })),
        filterable: [...plan.filterable],
        lookups,
      };
      return allowed<'describeSandbox'>(200, body, { facts: { synthetic } });
    });
  },
});

/** Names of the signed headers that a query requires in addition to the purpose. */
const requiredBy = ({ needs }: Plan) => [
  ...(needs.onBehalfOf ? ['datong-on-behalf-of' as const] : []),
  ...(needs.matter ? ['datong-matter' as const] : []),
];
