/**
 * What a department would receive of a dataset: one invented row, masked under each agreement in force. The masking code is that of real
 * answers.
 */
import type { Plan } from '../../../../policies/plans.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import type { LiveDataset } from '../../../registry/snapshot.ts';
import { inventedRow, maskedBy, shown } from './tryMasks.ts';
import { plansInForce } from '../../../../policies/plansInForce.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/** GET /v1/datasets/{dataset}/sample. @throws Problem dataset_unknown, department_unknown, not_your_department */
export const sampleDataset = operation('sampleDataset', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: (call, { registry, identity }) => {
    const id = call.params.dataset;
    const consumer = call.query.consumer;
    const { datasets, plans } = registry.current;
    const dataset = datasets.get(id);
    if (dataset === undefined) throw new Problem('dataset_unknown', { dataset: id });
    if (identity.department(consumer) === undefined)
      throw new Problem('department_unknown', { department: consumer });
    const places = call.caller.grants.map(({ department }) => department);
    const provider = id.slice(0, id.indexOf('.'));
    if (!places.some((place) => place === undefined || place === consumer || place === provider))
      throw new Problem('not_your_department', { department: consumer });
    const record = inventedRow(dataset);
    const received = plansInForce(plans, { consumer, dataset: id }, call.now);
    const body = {
      fields: dataset.schema.fields.map(({ name, title, type, personal, sensitivity }) => ({
        name,
        title,
        type,
        personal,
        sensitivity,
        ...(name in record ? { value: shown(record[name]) } : {}),
      })),
      received: received.map((plan) => receivedUnder(plan, dataset, record, call.now)),
    };
    return allowed<'sampleDataset'>(200, body, { facts: { dataset: id, consumer } });
  },
});

function receivedUnder(
  { whole, ref }: Plan,
  dataset: LiveDataset,
  record: Readonly<Record<string, unknown>>,
  now: number,
) {
  const masked =
    Object.keys(record).length === 0
      ? {}
      : maskedBy(whole.fields, dataset, ref.principal ?? ref.consumer, record, now);
  return {
    agreement: ref.agreement,
    purpose: ref.purpose,
    fields: whole.fields.map(({ field, mask }) => ({
      field,
      mask: mask.name,
      ...(field in masked ? { value: shown(masked[field]) } : {}),
    })),
  };
}
