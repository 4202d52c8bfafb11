import type { FieldGrant } from '../../../../policies/decision.ts';
import { readMaskRule } from '../../../../policies/masks/readMaskRule.ts';
import { Problem } from '../../../../terms/problem.ts';
import { allowed } from '../../../pipeline/call.ts';
import { fittingMasks } from './fittingMasks.ts';
import { inventedRow, maskedBy, shown } from './inventedRow.ts';
import { everyone } from '../../../domain/cells.ts';
import { self } from '../../../pipeline/ownership.ts';
import { operation } from '../../common/operation.ts';

/**
 * POST /v1/datasets/{dataset}/mask-trials: what masks leave of an invented row, by the code that masks answers. Pseudonyms are made for
 * nobody. @throws Problem dataset_unknown, mask_unknown, masked_row_invalid
 */
export const tryMasks = operation('tryMasks', {
  kind: 'inspect',
  permission: everyone,
  owner: self,
  run: async (call, { registry }) => {
    const id = call.params.dataset;
    const { fields: rules } = call.body;
    await registry.refresh();
    const dataset = registry.current.datasets.get(id);
    if (dataset === undefined) throw new Problem('dataset_unknown', { dataset: id });
    const row = inventedRow(dataset);
    const left = maskedBy(Object.entries(rules).map(grantOf), dataset, '', row, call.now);
    const { schema } = dataset;
    const body = {
      schema: `${schema.name}@${schema.major}`,
      ...(schema.subject === undefined ? {} : { subject: schema.subject.field }),
      fields: schema.fields.map((field) => ({
        ...{ name: field.name, title: field.title, type: field.type },
        ...{ personal: field.personal, sensitivity: field.sensitivity },
        ...(field.name in row ? { value: shown(row[field.name]) } : {}),
        masks: fittingMasks(dataset, field, row, call.now),
      })),
      row: Object.fromEntries(Object.entries(left).map(([name, value]) => [name, shown(value)])),
    };
    return allowed<'tryMasks'>(200, body, { facts: { dataset: id } });
  },
});

function grantOf([field, { mask, ...params }]: [string, { readonly mask: string }]): FieldGrant {
  const read = readMaskRule({ ...params, mask });
  if (!('mask' in read)) throw new Problem('mask_unknown', { name: mask }, { at: `/body/fields/${field}` });
  return { field, mask: read.use, floors: [] };
}
